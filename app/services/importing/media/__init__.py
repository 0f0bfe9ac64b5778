"""Audio, video and links that catalogues name: read, judged, fetched."""
