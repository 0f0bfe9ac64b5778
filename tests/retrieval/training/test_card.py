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


def test_shares_of_held_out_works_have_intervals():
    manifest = ModelManifest("tiny", "morelli", "stage4", 16, ((32, 48),), 8, ("a",))
    figures = {
        "held-out works, hard photos": {"recall@1": 0.9, "artist precision@10": 0.2},
        "whitening pca, hard photos": {"recall@1": 0.8},
    }
    card = write_card(
        replace(manifest, training={"data": {"held out": 100}, "figures": figures})
    )
    # By hand: (0.9 + 0.0192 ± 1.96 * sqrt(0.0009 + 0.000096)) / 1.0384
    assert "recall@1 0.9 (0.826 to 0.945), artist precision@10 0.2\n" in card
    assert "- whitening pca, hard photos: recall@1 0.8\n" in card


def test_the_card_says_whose_classes_they_are():
    manifest = ModelManifest("tiny", "vgg10", "stage4", 16, ((32, 48),), 8, ("a",))
    assert "Classes follow the catalogue" in write_card(manifest)
    taught = replace(manifest, training={"recipe": {"teacher": "efficientnet-lite2"}})
    assert "Classes are those of photographs" in write_card(taught)


def test_what_a_person_wrote_stays_on_a_renewed_card():
    manifest = ModelManifest("tiny", "morelli", "stage4", 16, ((32, 48),), 8, ("a",))
    changed = replace(manifest, training={"figures": {"found": 0.5}})
    card = write_card(manifest) + "\n## How this one came about\n\nBy chance.\n"
    renewed = renew_card(card, changed)
    assert renewed.startswith(write_card(changed))
    assert renewed.endswith("\n\n## How this one came about\n\nBy chance.\n")
    assert renew_card(write_card(manifest), changed) == write_card(changed)
