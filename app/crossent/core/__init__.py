"""The NumPy core: softmax, losses and their gradients, information, targets."""
