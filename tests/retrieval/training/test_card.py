from dataclasses import replace

from app.retrieval.descriptors.manifest import ModelManifest
from app.retrieval.training.card import renew_card, write_card


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


def test_what_a_person_wrote_stays_on_a_renewed_card():
    manifest = ModelManifest("tiny", "morelli", "stage4", 16, ((32, 48),), 8, ("a",))
    changed = replace(manifest, training={"figures": {"found": 0.5}})
    card = write_card(manifest) + "\n## How this one came about\n\nBy chance.\n"
    renewed = renew_card(card, changed)
    assert renewed.startswith(write_card(changed))
    assert renewed.endswith("\n\n## How this one came about\n\nBy chance.\n")
    assert renew_card(write_card(manifest), changed) == write_card(changed)
