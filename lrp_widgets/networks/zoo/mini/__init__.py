"""mini-vgg, the bundled network: the pictures it knows, its weights, and how it was trained."""
