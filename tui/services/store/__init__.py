"""Images in S3 buckets."""
