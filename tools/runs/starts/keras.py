import keras
from keras.initializers import VarianceScaling

gain = 2**0.5  # of ReLU; other functions: the table of gains


def layer(units, gain, activation=None):
    start = VarianceScaling(gain**2, "fan_in", "untruncated_normal")
    return keras.layers.Dense(units, activation, kernel_initializer=start)


model = keras.Sequential([
    keras.Input((64,)),
    layer(32, 1, "relu"),  # the first layer has gain 1
    layer(32, gain, "relu"),
    layer(10, gain),
])
