"""Checks of the parts that are easy to get silently wrong. Run: python3 -m unittest discover -s training -p 'test_*.py'"""

from __future__ import annotations

import unittest
from collections import Counter
from pathlib import Path

import numpy as np
import torch

from audioset import read_classes
from augment import crop, tone_colour
from background import vocabulary_hash
from backbone import BLOCKS, CLASSES
from batches import alike
from calibrate import fit_logistic
from class_part import SHARE, fit
from contrastive import contrastive_loss
from corpus import Clip, same_labels
from elsewhere import recorded_elsewhere
from export import folded, self_check_waveform
from features import fill, pack_power, tiles, unpack_power
from frontend import N_FRAMES, N_MELS, SAMPLE_RATE, WINDOW_SAMPLES, FrontEnd, compress, mel_power_fft, normalise_level
from languages import LANGUAGES, read_words
from lexicon import parse
from measures import average_precisions, chance_recall, recall_at
from model import CLASS_PART, DIM, AudioEncoder, TextEncoder, joined
from pretrain_text import encode_batch
from relations import Relations
from tasks import Tasks, blend, class_loss
from text import Tokenizer, count_pieces, normalise, train_bpe


class FrontEndTest(unittest.TestCase):
    def test_folded_products_equal_the_fft(self) -> None:
        torch.manual_seed(1)
        waveform = 0.1 * self_check_waveform() + 1e-3 * torch.randn(1, WINDOW_SAMPLES)
        by_products, by_fft = FrontEnd()(waveform)[:, 0], compress(normalise_level(mel_power_fft(waveform))).transpose(1, 2)
        self.assertEqual(tuple(by_fft.shape), (1, N_MELS, N_FRAMES))
        self.assertLess((by_products - by_fft).abs().max().item(), 1e-3)

    def test_gain_does_not_matter_and_silence_is_finite(self) -> None:
        torch.manual_seed(1)
        waveform = 0.1 * torch.randn(1, WINDOW_SAMPLES)
        self.assertLess((FrontEnd()(waveform * 0.01) - FrontEnd()(waveform)).abs().max().item(), 0.02)
        self.assertTrue(torch.isfinite(FrontEnd()(torch.zeros(1, WINDOW_SAMPLES))).all())

    def test_a_tone_lands_in_its_band(self) -> None:
        n = torch.arange(WINDOW_SAMPLES)
        low, high = (FrontEnd()(torch.sin(2 * np.pi * hz * n / SAMPLE_RATE).unsqueeze(0))[0, 0].mean(1).argmax().item() for hz in (200, 8000))
        self.assertLess(low, 24)
        self.assertGreater(high, 88)


class TilesTest(unittest.TestCase):
    def test_short_ones_lie_in_silence_and_long_ones_tile(self) -> None:
        short = np.arange(1, 4, dtype=np.float32)
        self.assertEqual(fill(short)[:5].tolist(), [1, 2, 3, 0, 0])
        self.assertEqual(fill(short, 2)[:6].tolist(), [0, 0, 1, 2, 3, 0])
        self.assertEqual([len(tiles(np.ones(n, np.float32))) for n in (640, WINDOW_SAMPLES, WINDOW_SAMPLES + 100, 2 * WINDOW_SAMPLES - 1)], [1, 1, 1, 2])

    def test_a_byte_holds_the_log_power_to_a_twentieth(self) -> None:
        power = torch.logspace(-4, 4, N_FRAMES * N_MELS).reshape(1, N_FRAMES, N_MELS)
        back = unpack_power(pack_power(power)).transpose(1, 2)
        self.assertLess((back - torch.log(power + 1e-5)).abs().max().item(), 0.05)


class CropTest(unittest.TestCase):
    def test_half_window_keeps_the_sound_and_its_level(self) -> None:
        log_mel = torch.full((8, N_FRAMES, N_MELS), -11.5)
        log_mel[:, 200:220] = 2.0
        cut = crop(log_mel, N_FRAMES // 2, np.random.default_rng(1))
        self.assertEqual(tuple(cut.shape), (8, N_FRAMES // 2, N_MELS))
        np.testing.assert_allclose(cut.exp().mean(dim=(1, 2)).numpy(), 1.0, rtol=1e-3)
        self.assertGreaterEqual((cut.amax(dim=(1, 2)) > 0).float().mean().item(), 0.9)


class AugmentTest(unittest.TestCase):
    def test_tone_colour_is_the_same_all_the_time(self) -> None:
        change = tone_colour(torch.zeros(4, 50, N_MELS), 0.5, np.random.default_rng(1))
        self.assertLess((change - change[:, :1]).abs().max().item(), 1e-6)
        self.assertGreater(change.std(dim=2).min().item(), 0.01)

    def test_recorded_elsewhere_is_finite_and_not_longer_than_a_tail(self) -> None:
        tone = np.sin(np.arange(SAMPLE_RATE * 7) / 20).astype(np.float32)
        for seed in range(20):
            recorded = recorded_elsewhere(tone, np.random.default_rng(seed))
            self.assertTrue(np.isfinite(recorded).all() and np.abs(recorded).max() > 1e-3)
            self.assertLessEqual(len(recorded), 5.5 * SAMPLE_RATE)


class TasksTest(unittest.TestCase):
    def setUp(self) -> None:
        blank = {"path": "", "split": "train", "original_path": "", "licence": "", "attribution": "", "caption": "", "seconds": 1.0, "root": Path()}
        rows = [("dog bark", "animals", "a")] * 3 + [("piano note", "instrument", "b")] * 3 + [("rare", "game", "c")]
        self.clips = [Clip(label=label, tags=(category, label), source=source, **blank) for label, category, source in rows]
        self.tasks = Tasks.of(self.clips)

    def test_targets(self) -> None:
        targets = self.tasks.targets(self.clips)
        self.assertEqual(self.tasks.labels, ["dog bark", "piano note"])
        self.assertEqual(targets["label"][6].sum().item(), 0)
        self.assertEqual(targets["category"].argmax(1).tolist(), [0, 0, 0, 2, 2, 2, 1])

    def test_a_loss_falls_when_the_heads_are_right(self) -> None:
        torch.manual_seed(1)
        targets = self.tasks.targets(self.clips)
        heads, features = self.tasks.heads(), torch.randn(7, 512)
        optimiser = torch.optim.Adam(heads.parameters(), 0.01)
        first = self.tasks.loss(heads, features, targets).item()
        for _ in range(50):
            optimiser.zero_grad()
            self.tasks.loss(heads, features, targets).backward()
            optimiser.step()
        self.assertLess(self.tasks.loss(heads, features, targets).item(), 0.3 * first)

    def test_mixtures_are_half_of_each_with_all_tags(self) -> None:
        targets = self.tasks.targets(self.clips)
        tags = torch.maximum(targets["tags"][0], targets["tags"][3])
        blend(targets, torch.tensor([0]), {name: values[3:4] for name, values in targets.items()})
        self.assertEqual(targets["label"][0].tolist(), [0.5, 0.5])
        self.assertTrue(torch.equal(targets["tags"][0], tags))

    def test_class_loss_is_nothing_when_the_teacher_is_matched(self) -> None:
        probability = torch.tensor([[0.9, 0.1, 0.01]])
        self.assertLess(class_loss(torch.logit(probability), probability).item(), 1e-5)
        self.assertGreater(class_loss(torch.zeros(1, 3), probability).item(), 0.5)

    def test_alike_is_one_for_the_same_and_nothing_for_others(self) -> None:
        classes = torch.tensor([[1.0, 0.5, 0.0], [0.0, 0.0, 1.0]])
        table = alike(classes, classes)
        self.assertGreater(table[0, 0].item(), 0.9)
        self.assertEqual(table[0, 1].item(), 0)

    def test_contrastive_loss_is_low_when_what_fits_is_near(self) -> None:
        closeness = torch.tensor([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
        right, wrong = 20 * closeness, 20 * closeness.flip(0)
        self.assertLess(contrastive_loss(right, closeness).item(), 0.01)
        self.assertGreater(contrastive_loss(wrong, closeness).item(), 10)


class ClassPartTest(unittest.TestCase):
    def test_the_cosine_of_both_parts_is_their_weighted_mean(self) -> None:
        torch.manual_seed(1)
        learnt, part = torch.randn(2, DIM), torch.randn(2, CLASS_PART)
        a, b = joined(learnt, part, torch.tensor(SHARE))
        cosine = torch.nn.functional.cosine_similarity
        mean = (cosine(learnt[0], learnt[1], 0) + SHARE * cosine(part[0], part[1], 0)) / (1 + SHARE)
        self.assertAlmostEqual(cosine(a, b, 0).item(), mean.item(), places=5)

    def test_a_text_lies_by_the_sounds_of_its_class(self) -> None:
        random = np.random.default_rng(1)
        texts = random.normal(size=(CLASSES, DIM))
        texts /= np.linalg.norm(texts, axis=1, keepdims=True)
        audio_part, text_part = fit(np.tile(texts[:40], (30, 1)), np.tile(np.eye(CLASSES)[:40], (30, 1)), np.full(CLASSES, 0.5))
        logits = torch.full((40, CLASSES), -12.0)
        logits[torch.arange(40), torch.arange(40)] = 2.0
        with torch.no_grad():
            sounds = torch.nn.functional.normalize(audio_part(logits), dim=1)
            words = torch.nn.functional.normalize(text_part(torch.from_numpy(texts[:40]).float()), dim=1)
        self.assertEqual((words @ sounds.T).argmax(dim=1).tolist(), list(range(40)))
        self.assertTrue(torch.isfinite(audio_part(torch.full((1, CLASSES), -200.0))).all())


class CorpusTest(unittest.TestCase):
    def test_merged_labels_are_merged_once(self) -> None:
        merged = same_labels()
        self.assertFalse(set(merged) & set(merged.values()))

    def test_vocabulary_hash_does_not_depend_on_order(self) -> None:
        labels = [{"id": "b", "prompts": ["x", "a"]}, {"id": "a", "prompts": ["é"]}]
        self.assertEqual(vocabulary_hash(labels), vocabulary_hash(labels[::-1]))
        self.assertNotEqual(vocabulary_hash(labels), vocabulary_hash(labels[:1]))


class TablesTest(unittest.TestCase):
    def test_every_class_once_and_each_says_something(self) -> None:
        classes = read_classes()
        self.assertEqual(len(classes), CLASSES)
        self.assertTrue(all(one.phrases for one in classes))

    def test_words_have_all_languages_and_held_out_ones_are_apart(self) -> None:
        trained, held = read_words(), read_words(held_out=True)
        self.assertTrue(all(len(word.others) == len(LANGUAGES) for word in trained + held))
        self.assertFalse({word.english for word in trained} & {word.english for word in held})


class TextTest(unittest.TestCase):
    def test_normalise(self) -> None:
        self.assertEqual(normalise("  DogBark_03.wav "), "dog bark 03 wav")
        self.assertEqual(normalise("Café  &  “naïve”"), "cafe naive")

    def test_bpe_learns_the_frequent_word_whole_and_spells_the_rest(self) -> None:
        tokenizer = Tokenizer(train_bpe(count_pieces(["dog barks", "dog howls", "dog"]), 50))
        self.assertEqual(len(tokenizer.encode("dog")), 2)
        self.assertEqual(tokenizer.encode(""), [1])
        self.assertTrue(all(0 <= i < len(tokenizer) for i in tokenizer.encode("犬 zebra 🐶")))
        self.assertEqual(len(tokenizer.encode("zebra " * 100)), 64)

    def test_bpe_takes_the_most_frequent_pair_first(self) -> None:
        self.assertEqual(train_bpe(Counter({"ab": 3, "bc": 2}), 1), [("a", "b")])

    def test_padding_changes_nothing(self) -> None:
        torch.manual_seed(1)
        tokenizer = Tokenizer([])
        encoder = TextEncoder(len(tokenizer)).eval()
        torch.nn.init.normal_(encoder.out_of_causal.weight)  # it starts at zero, which would hide the transformer
        alone = encoder(*encode_batch(tokenizer, ["dog"]))
        with_longer = encoder(*encode_batch(tokenizer, ["dog", "a much longer text"]))[:1]
        self.assertLess((alone - with_longer).abs().max().item(), 1e-5)

    def test_word_order_reaches_the_embedding_through_the_transformer(self) -> None:
        torch.manual_seed(1)
        tokenizer = Tokenizer([])
        encoder = TextEncoder(len(tokenizer)).eval()
        first = encode_batch(tokenizer, ["ab", "ba"])
        bag = encoder(*first)
        self.assertLess((bag[0] - bag[1]).abs().max().item(), 1e-5)
        torch.nn.init.normal_(encoder.out_of_causal.weight)
        ordered = encoder(*first)
        self.assertGreater((ordered[0] - ordered[1]).abs().max().item(), 1e-3)


class LexiconTest(unittest.TestCase):
    def test_block(self) -> None:
        concept = parse("= dog bark | animals\n~ a hound, barking\n* dog, hound\nv bark\nn wolf howl\nl dog bark\n", "x")[0]
        self.assertEqual((concept.name, concept.category, concept.paraphrases), ("dog bark", "animals", ["a hound, barking"]))
        self.assertEqual((concept.synonyms, concept.near, concept.labels), (["dog", "hound"], ["wolf howl"], ["dog bark"]))

    def test_stray_line_is_an_error_with_its_place(self) -> None:
        with self.assertRaisesRegex(ValueError, "x:2"):
            parse("= dog | animals\n? what\n", "x")


class MeasuresTest(unittest.TestCase):
    def test_recall_and_average_precision(self) -> None:
        scores = np.array([[0.9, 0.5, 0.1], [0.1, 0.5, 0.9]])
        right = np.array([[False, True, True], [False, False, True]])
        self.assertEqual(recall_at(scores, right, 1), 0.5)
        self.assertEqual(recall_at(scores, right, 2), 1.0)
        np.testing.assert_allclose(average_precisions(scores, right), [(1 / 2 + 2 / 3) / 2, 1.0])

    def test_chance(self) -> None:
        self.assertAlmostEqual(chance_recall([1, 2], 4, 2), (1 / 2 + 5 / 6) / 2)

    def test_logistic_converges_when_right_ones_are_rare_and_the_curve_is_steep(self) -> None:
        rng = np.random.default_rng(1)
        cosine = np.clip(rng.normal(0.1, 0.2, 400_000), -1, 1)
        relevant = rng.random(400_000) < 1 / (1 + np.exp(-(20 * cosine - 13)))
        fitted = fit_logistic(cosine, relevant, float(relevant.mean()))
        self.assertAlmostEqual(fitted["slope"], 20, delta=1)
        self.assertAlmostEqual(fitted["intercept"], -13, delta=0.6)

    def test_logistic_finds_the_curve_it_was_drawn_from(self) -> None:
        rng = np.random.default_rng(1)
        cosine = rng.uniform(-1, 1, 200_000)
        relevant = rng.random(200_000) < 1 / (1 + np.exp(-(8 * cosine - 3)))
        fitted = fit_logistic(cosine, relevant, float(relevant.mean()))
        self.assertAlmostEqual(fitted["slope"], 8, delta=0.2)
        self.assertAlmostEqual(fitted["intercept"], -3, delta=0.1)


class RelationsTest(unittest.TestCase):
    def setUp(self) -> None:
        clip = {"path": "", "split": "train", "source": "", "original_path": "", "licence": "", "attribution": "", "caption": "", "seconds": 1.0, "root": Path()}
        clips = [Clip(label=label, tags=tags, **clip) for label, tags in (("bark", ("animals", "dog")), ("yap", ("animals", "pup")), ("rain", ("nature", "water")))]
        self.relations = Relations(clips, parse("= bark | animals\n~ x\nl yap\nn howl\n\n= howl | animals\n~ y\n", "x"))

    def test_close_and_far(self) -> None:
        row = self.relations.between([("bark",)], [("bark",), ("yap",), ("howl",), ("rain",)])[0]
        np.testing.assert_allclose(row.numpy(), [1, 0.35, 0.1, 0], atol=1e-6)

    def test_a_mixture_is_half_of_each(self) -> None:
        table = self.relations.between([("bark", "rain")], [("bark",), ("rain",), ("rain", "bark")])[0]
        np.testing.assert_allclose(table.numpy(), [0.5, 0.5, 1.0], atol=1e-6)

    def test_groups(self) -> None:
        target = self.relations.of_groups(["c:bark", "c:howl", "n123", "c:bark"])
        np.testing.assert_allclose(target[0].numpy(), np.array([1, 0.1, 0, 1]) / 2.1, atol=1e-6)
        np.testing.assert_allclose(target[2].numpy(), [0, 0, 1, 0])


class EncoderTest(unittest.TestCase):
    def setUp(self) -> None:
        torch.manual_seed(1)
        self.encoder = AudioEncoder().eval()
        self.encoder.mean.normal_()
        self.encoder.spread.uniform_(0.5, 2.0)

    def test_shapes(self) -> None:
        embedding, frames, logits = self.encoder(torch.zeros(2, 1, N_MELS, N_FRAMES))
        self.assertEqual([tuple(t.shape) for t in (embedding, frames, logits)], [(2, 512), (2, 16, 512), (2, CLASSES)])
        self.assertEqual(2 ** (1 + sum(block[-1] == 2 for block in BLOCKS)), 32)  # what a step of `frames` spans

    def test_folding_changes_nothing(self) -> None:
        log_mel = torch.randn(1, 1, N_MELS, N_FRAMES)
        with torch.no_grad():
            for ours, theirs in zip(self.encoder(log_mel), folded(self.encoder)(log_mel)):
                self.assertLess((ours - theirs).abs().max().item(), 1e-4)


if __name__ == "__main__":
    unittest.main()
