from torch import nn

gain = 2**0.5  # of ReLU; other functions: the table of gains


def layer(inputs, units, gain):
    linear = nn.Linear(inputs, units)
    nn.init.normal_(linear.weight, std=gain / inputs**0.5)
    nn.init.zeros_(linear.bias)
    return linear


model = nn.Sequential(
    layer(64, 32, 1), nn.ReLU(),  # the first layer has gain 1
    layer(32, 32, gain), nn.ReLU(),
    layer(32, 10, gain),
)
