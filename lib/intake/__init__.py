"""A new edition's folder, and what is still to do in it. Invents nothing and overwrites nothing."""
