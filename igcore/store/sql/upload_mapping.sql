-- Grain: one row per mapping document that was saved with the upload; mapping: JSON.
select mapping from upload_mappings where upload = $upload;
