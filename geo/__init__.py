"""Where: responders, positions, duty, areas, places, coordinate systems. Knows no incident and no order."""
