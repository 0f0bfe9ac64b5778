"""Rate limits: where hits are counted, on one machine or over several."""
