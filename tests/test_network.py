"""The small network of the experiments: its gradients are the loss's, its initialization is the documented one."""

import mpmath
import numpy as np
import pytest
from scipy import special

import activlib as al
from activlib.network import LOSSES

TARGETS = {
    "squared": np.random.default_rng(1).normal(size=(6, 3)),
    "logistic": np.random.default_rng(2).integers(2, size=(6, 3)),
    "softmax": np.array([0, 2, 1, 1, 0, 2]),
}


def made(activation=al.tanh, sizes=(4, 5, 5, 3), **options):
    rng = np.random.default_rng(0)
    network = al.Network(sizes, activation, rng, **options)
    for b in network.biases:  # no pre-activation lies on a kink
        b += rng.normal(scale=0.1, size=b.size)
    return network


def inputs():
    return np.random.default_rng(3).normal(size=(6, 4))


def test_losses_are_what_their_names_say():
    outputs = np.random.default_rng(1).normal(size=(6, 3))
    t = TARGETS["logistic"]
    p = special.expit(outputs)
    expected = {
        "squared": ((outputs - TARGETS["squared"]) ** 2).mean() / 2,
        "logistic": -(t * np.log(p) + (1 - t) * np.log(1 - p)).mean(),
        "softmax": -np.log(special.softmax(outputs, axis=1)[range(6), TARGETS["softmax"]]).mean(),
    }
    assert {name: loss(outputs, TARGETS[name])[0] for name, loss in LOSSES.items()} == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("activation", al.activations.values(), ids=al.activations)
def test_one_step_moves_every_weight_against_the_gradient_of_the_loss(activation, loss):
    network, moved = made(activation), made(activation)
    moved.train(inputs(), TARGETS[loss], loss=loss, rate=1.0, steps=1)

    def value():
        return LOSSES[loss](network(inputs()), TARGETS[loss])[0]

    step = 1e-6
    for arrays, after in ((network.weights, moved.weights), (network.biases, moved.biases)):
        for array, new in zip(arrays, after, strict=True):
            for place in np.ndindex(array.shape):
                start = array[place]
                array[place] = start + step
                above = value()
                array[place] = start - step
                slope = (above - value()) / (2 * step)
                array[place] = start
                assert start - new[place] == pytest.approx(slope, rel=1e-4, abs=1e-7)


@pytest.mark.parametrize("loss", LOSSES)
def test_training_lowers_the_loss(loss):
    losses = made(gain=1.5).train(inputs(), TARGETS[loss], loss=loss, rate=0.5, steps=200)
    assert losses.shape == (200,)
    assert losses[-1] < 0.7 * losses[0]


def hinge(outputs, targets):
    """The mean distance below a margin of 1, for targets of ±1, and its gradient."""
    missing = 1 - targets * outputs
    return np.maximum(missing, 0).mean((-2, -1)), -targets * (missing > 0) / targets[..., 0].size / targets.shape[-1]


def test_a_loss_may_be_a_function_that_tells_its_gradient():
    network, moved = made(), made()
    targets = np.sign(TARGETS["squared"])
    losses = moved.train(inputs(), targets, loss=hinge, rate=1e-5, steps=2)
    assert losses[0] == hinge(network(inputs()), targets)[0]
    pairs = [*zip(network.weights, moved.weights, strict=True), *zip(network.biases, moved.biases, strict=True)]
    squares = sum(((a - b) ** 2).sum() for a, b in pairs) / 2**2  # two steps of the rate times the gradient
    assert losses[0] - losses[1] == pytest.approx(squares / 1e-5, rel=1e-3)


def test_a_loss_of_ones_own_trains_an_ensemble_as_the_named_one_does():
    def squared(outputs, targets):
        return LOSSES["squared"](outputs, targets)

    named, own = (al.Network((4, 5, 3), al.tanh, al.generators(3)).train(
        inputs(), TARGETS["squared"], loss=loss, rate=0.1, steps=20, batch=2, rng=al.generators(3, seed=1))
        for loss in ("squared", squared))
    assert (named == own).all()


def test_losses_are_finite_for_outputs_that_overflow_an_exponential():
    far = np.array([[1e4, -1e4, 0.0]])
    for loss, targets in (("logistic", np.array([[0.0, 1.0, 1.0]])), ("softmax", np.array([1]))):
        value, gradient = LOSSES[loss](far, targets)
        assert np.isfinite(value)
        assert np.isfinite(gradient).all()


def test_logistic_loss_keeps_its_digits_where_the_network_is_sure_and_right():
    outputs = np.array([[20.0], [40.0], [700.0], [-40.0]])
    for z, t in zip(outputs.ravel(), [1.0, 1.0, 1.0, 0.0], strict=True):
        value = LOSSES["logistic"](np.array([[z]]), np.array([[t]]))[0]
        assert value == pytest.approx(float(mpmath.log1p(mpmath.exp(-abs(z)))), rel=1e-14)


def test_initial_weights_have_the_variance_of_the_gain():
    network = al.Network((400, 300, 1), al.relu, np.random.default_rng(0), gain=np.sqrt(2))
    assert network.weights[0].std() == pytest.approx(np.sqrt(2 / 400), rel=0.02)
    assert network.weights[1].std() == pytest.approx(np.sqrt(2 / 300), rel=0.15)
    assert not any(b.any() for b in network.biases)


def test_the_first_layer_may_have_a_gain_of_its_own():
    usual, other = (al.Network((5, 4, 3, 1), al.tanh, np.random.default_rng(0), gain=3, **first) for first in ({}, {"first": 1}))
    assert other.weights[0] == pytest.approx(usual.weights[0] / 3, rel=1e-14)
    assert all((a == b).all() for a, b in zip(usual.weights[1:], other.weights[1:], strict=True))


def test_a_batch_uses_the_drawn_examples_alone():
    x, t = inputs(), TARGETS["squared"]
    batched, whole = made(), made()
    losses = batched.train(x, t, loss="squared", rate=0.1, steps=1, batch=2, rng=np.random.default_rng(5))
    drawn = np.random.default_rng(5).integers(6, size=2)
    assert losses == whole.train(x[drawn], t[drawn], loss="squared", rate=0.1, steps=1)
    assert all((a == b).all() for a, b in zip(batched.weights, whole.weights, strict=True))


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("batch", [None, 3])
def test_an_ensemble_trains_as_its_members_do_one_by_one(loss, batch):
    def networks(rng):
        return al.Network((4, 5, 5, 3), al.elu, rng, gain=1.2, alpha=0.5)

    def trained(network, rng):
        return network.train(inputs(), TARGETS[loss], loss=loss, rate=0.1, steps=20, batch=batch, rng=rng)

    together, apart = networks(al.generators(3)), [networks(rng) for rng in al.generators(3)]
    assert together(inputs()) == pytest.approx(np.stack([network(inputs()) for network in apart]), rel=1e-12)
    losses = trained(together, al.generators(3, seed=1))
    expected = [trained(network, rng) for network, rng in zip(apart, al.generators(3, seed=1), strict=True)]
    assert losses == pytest.approx(np.stack(expected, axis=1), rel=1e-10)
    for k in range(3):
        assert together.weights[k] == pytest.approx(np.stack([network.weights[k] for network in apart]), rel=1e-9, abs=1e-12)
        assert together.biases[k][:, 0] == pytest.approx(np.stack([network.biases[k] for network in apart]), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("batch", [None, 3])
def test_an_ensemble_trains_each_network_on_its_own_examples(loss, batch):
    x = np.stack([rng.normal(size=inputs().shape) for rng in al.generators(3, seed=2)])
    targets = np.stack([np.roll(TARGETS[loss], k, axis=0) for k in range(3)])
    options = {"loss": loss, "rate": 0.1, "steps": 20}
    losses = al.Network((4, 5, 5, 3), al.tanh, al.generators(3)).train(x, targets, **options)
    for k, rng in enumerate(al.generators(3)):
        alone = al.Network((4, 5, 5, 3), al.tanh, rng).train(x[k], targets[k], **options)
        assert losses[:, k] == pytest.approx(alone, rel=1e-10)


WITH_PARAMETERS = {name: f for name, f in al.activations.items() if f.parameters}


@pytest.mark.parametrize("per_unit", [False, True])
@pytest.mark.parametrize("activation", WITH_PARAMETERS.values(), ids=WITH_PARAMETERS)
def test_one_step_moves_every_learned_parameter_against_the_gradient_of_the_loss(activation, per_unit):
    options = {"learned": [p.name for p in activation.parameters], "per_unit": per_unit}
    network, moved = made(activation, **options), made(activation, **options)
    moved.train(inputs(), TARGETS["squared"], loss="squared", rate=1.0, steps=1, speed=0.5)
    step, seen = 1e-6, 0
    for values, after in zip(network.learned, moved.learned, strict=True):
        for name, array in values.items():
            assert array.shape == (5 if per_unit else 1,)
            for place in np.ndindex(array.shape):
                start, ends = array[place], []
                for end in (start + step, start - step):
                    array[place] = end
                    ends.append(LOSSES["squared"](network(inputs()), TARGETS["squared"])[0])
                array[place] = start
                assert start - after[name][place] == pytest.approx(0.5 * (ends[0] - ends[1]) / (2 * step), rel=1e-4, abs=1e-7)
                seen += 1
    assert seen


@pytest.mark.parametrize("activation", WITH_PARAMETERS.values(), ids=WITH_PARAMETERS)
def test_a_network_that_may_learn_parameters_begins_as_one_that_may_not(activation):
    names = [p.name for p in activation.parameters]
    assert made(activation, learned=names)(inputs()) == pytest.approx(made(activation)(inputs()), rel=1e-9, abs=1e-12)
    still, plain = made(activation, learned=names), made(activation)
    losses = [n.train(inputs(), TARGETS["squared"], loss="squared", rate=0.01, steps=5, speed=0) for n in (still, plain)]
    assert losses[0] == pytest.approx(losses[1], rel=1e-7)


@pytest.mark.parametrize("per_unit", [False, True])
def test_an_ensemble_learns_parameters_as_its_members_do_one_by_one(per_unit):
    options = {"learned": ["alpha"], "per_unit": per_unit, "alpha": 0.3}
    together = al.Network((4, 5, 5, 3), al.prelu, al.generators(3), **options)
    losses = together.train(inputs(), TARGETS["squared"], loss="squared", rate=0.1, steps=20)
    for k, rng in enumerate(al.generators(3)):
        alone = al.Network((4, 5, 5, 3), al.prelu, rng, **options)
        expected = alone.train(inputs(), TARGETS["squared"], loss="squared", rate=0.1, steps=20)
        assert losses[:, k] == pytest.approx(expected, rel=1e-10)
        for values, own in zip(together.learned, alone.learned, strict=True):
            assert values["alpha"][k, 0] == pytest.approx(own["alpha"], rel=1e-9)


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda: made(sizes=(3,)), ValueError, "sizes of its input and its output"),
        (lambda: al.Network((2, 1), al.tanh, []), ValueError, "at least one generator"),
        (lambda: made(beta=1), TypeError, "tanh has no parameter 'beta'"),
        (lambda: made(al.elu, learned=["beta"]), TypeError, "elu has no parameter 'beta' to learn"),
        (lambda: made(al.elu, alpha=-1), ValueError, "alpha = -1 lies outside"),
        (lambda: made().train(inputs(), 0, loss="hinge", rate=1, steps=1), ValueError, "unknown loss 'hinge'; accepted"),
        (lambda: made().train(inputs(), np.zeros(3), loss=hinge, rate=1, steps=1), ValueError, "hinge outputs have the shape"),
        (lambda: made().train(inputs(), 0, loss="squared", rate=1, steps=1, batch=2), ValueError, "a batch needs rng"),
        (lambda: made().train(inputs(), np.zeros((6, 3)), loss="squared", rate=1, steps=1, batch=0,
                              rng=np.random.default_rng()), ValueError, "at least one example, got 0"),
        (lambda: made().train(inputs(), np.zeros(3), loss="squared", rate=1, steps=1), ValueError,
         r"squared outputs have the shape \(6, 3\), got \(3,\)"),
        (lambda: made().train(inputs(), np.zeros((6, 1), int), loss="softmax", rate=1, steps=1), ValueError,
         r"softmax outputs have the shape \(6,\), got \(6, 1\)"),
        (lambda: made().train(np.zeros((2, 6, 4)), 0, loss="squared", rate=1, steps=1), ValueError,
         r"a first axis as long as the ensemble.*got the shape \(2, 6, 4\)"),
    ],
)
def test_bad_input_gets_one_clear_error(make, error, words):
    with pytest.raises(error, match=words):
        make()
