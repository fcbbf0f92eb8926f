import jax
from jax.nn.initializers import variance_scaling

gain = 2**0.5  # of ReLU; other functions: the table of gains


def layer(key, inputs, units, gain):
    start = variance_scaling(gain**2, "fan_in", "normal")
    return start(key, (inputs, units)), jax.numpy.zeros(units)


def model(layers, x):
    for weights, biases in layers[:-1]:
        x = jax.nn.relu(x @ weights + biases)
    weights, biases = layers[-1]
    return x @ weights + biases


first, second, last = jax.random.split(jax.random.key(0), 3)
layers = [layer(first, 64, 32, 1),  # the first layer has gain 1
          layer(second, 32, 32, gain), layer(last, 32, 10, gain)]
