"""A formula as a person writes it: read strictly, in each convention of the field, never evaluated."""
