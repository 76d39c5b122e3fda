"""A report as it arrives, in passages; a new edition's folder, and what is still to do in it. Invents nothing, overwrites nothing."""
