"""What is learnt beside the network: vocabulary, whitening, style, decision."""
