"""Jobs and their images taken out of imagedeck."""
