"""What the marketplace gives away as open data: texts, licence, RDF terms, the catalogue by DCAT-AP.de."""
