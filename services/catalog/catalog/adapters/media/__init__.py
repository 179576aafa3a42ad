"""Pictures and documents: examined in a process of their own, kept in GridFS or an S3-compatible store."""
