"""Pictures as bytes: hard checks, canonical form, thumbnails and the durable store. No models, no people."""
