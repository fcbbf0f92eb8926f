"""The vocabulary of kinks; see `activlib.definition.kinks`."""

from activlib.definition.kinks import absolute, explicit, heaviside, maximum, minimum, sign

__all__ = ["absolute", "explicit", "heaviside", "maximum", "minimum", "sign"]
