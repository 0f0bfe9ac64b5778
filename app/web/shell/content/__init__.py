"""Content of works for pages: in the visitor's languages, as curators lay it out."""
