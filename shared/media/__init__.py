"""Where bytes live: a local folder or S3, behind one small port."""
