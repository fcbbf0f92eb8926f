// The tag, once every kind of explorer is known.

const kinds = { curves: CurvesExplorer, vector: VectorExplorer };

if (!customElements.get("activation-explorer")) customElements.define("activation-explorer", ActivationExplorer);
