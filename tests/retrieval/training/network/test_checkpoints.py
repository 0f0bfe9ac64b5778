import numpy as np
import pytest

from app.retrieval.training.network import checkpoints


def test_a_checkpoint_is_read_as_it_was_saved(tmp_path):
    arrays = [np.full(n, n, np.float32) for n in range(12)]
    checkpoints.save(tmp_path / "deep" / "c.npz", {"step": 7, "history": []}, arrays)
    facts, read = checkpoints.load(tmp_path / "deep" / "c.npz")
    assert facts == {"step": 7, "history": []}
    assert [len(array) for array in read] == list(range(12))


def test_a_failed_save_leaves_the_old_checkpoint(tmp_path):
    path = tmp_path / "c.npz"
    checkpoints.save(path, {"step": 1}, [np.zeros(2)])
    with pytest.raises(TypeError):
        checkpoints.save(path, {"step": object()}, [np.zeros(2)])
    assert checkpoints.load(path)[0] == {"step": 1}
