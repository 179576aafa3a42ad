"""What tests are made with: real servers as fixtures, and waiting for conditions."""
