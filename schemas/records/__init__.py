"""The only shapes that cross folders: frozen records, one module a stage of the pipeline."""
