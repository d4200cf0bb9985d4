"""Tests of the data side of training."""
