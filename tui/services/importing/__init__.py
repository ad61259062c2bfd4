"""Images of other folders and programs brought into the history."""
