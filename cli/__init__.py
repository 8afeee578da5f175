"""The `travelhub` command: everything under one roof, searches and syncs through the API, the suppliers at a glance."""
