"""The gallery: reference images with their features, and nearest neighbours."""
