"""What the camera sees before it is asked: frames of works, and the viewfinder."""
