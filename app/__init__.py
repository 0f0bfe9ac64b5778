"""Morelli: visual search for museum collections.

This file stays empty but for these words: the retrieval library lives below this
package, and importing it must not bring the web framework with it.
"""
