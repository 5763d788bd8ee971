"""Doorstep: the walk of a service visit by the norm, on a phone. The app is made in `factory`."""
