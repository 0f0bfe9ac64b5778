from app.retrieval.descriptors.manifest import ModelManifest
from app.retrieval.training.card import write_card


def test_the_card_says_what_the_manifest_says():
    manifest = ModelManifest(
        "tiny",
        "morelli",
        "stage4_conv3",
        16,
        ((32, 48),),
        8,
        ("Rococo",),
        training={
            "data": {"works": 12},
            "figures": {"hard photos": {"recall@1": 0.8125}},
        },
    )
    card = write_card(manifest)
    assert "# Model card: tiny" in card
    assert "- works: 12" in card
    assert "- hard photos: recall@1 0.8125" in card
    assert "## Recipe\n\n- none" in card
