"""The plugins of the test run; pytest takes them from the root alone, for chapters and tests alike."""

pytest_plugins = ["plugins.costs", "plugins.processor", "plugins.sharing"]
