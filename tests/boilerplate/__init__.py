"""Tests of the boilerplate step; the cases are data, by kind."""
