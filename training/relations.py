"""How close two labels or concepts are in meaning, as a share of "the same": the soft part of the training targets.

Without it the space knows only "this label" and "not this label", and a sound with no training clip has nothing to lie
near to. The lexicon's `n` lines name what sounds alike, its `l` lines which labels are one thing; audioset.txt says which of
them a class of the tagger can be.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from audioset import read_classes
from categories import PHRASES
from corpus import Clip
from lexicon import Concept

SAME_CONCEPT = 0.35
NEAR_CONCEPT = 0.10
SHARED_TAGS = 0.20  # times the Jaccard overlap of the tags, from 0.5 up
SAME_CATEGORY = 0.01
IN_CATEGORY = 0.50  # a label to the name of its whole category
CATEGORY_MARK = "category:"


def category_name(category: str) -> str:
    """The name under which `Relations` knows a whole category."""
    return CATEGORY_MARK + category


class Relations:
    """Closeness between all labels of the clips, concept names, AudioSet classes and categories, [n, n] in `table`, 1 on the diagonal."""

    def __init__(self, clips: list[Clip], concepts: list[Concept], graded: bool = True) -> None:
        """@param graded False keeps only the diagonal and whole categories: plain targets, to compare with"""
        tags: dict[str, set[str]] = {}
        for clip in clips:
            tags.setdefault(clip.label, set()).update(clip.tags)
        category = {clip.label: clip.category for clip in clips}
        for concept in concepts:
            category.setdefault(concept.name, concept.category)
        of_concept = {concept.name: concept.category for concept in concepts}
        classes = read_classes()
        category |= {one.name: of_concept.get(one.concepts[0], "") if one.concepts else "" for one in classes}
        # A category is a name of its own, marked so that it is no label.
        category |= {category_name(name): name for name in PHRASES}
        self.index = {name: i for i, name in enumerate(category)}
        place = {concept.name: i for i, concept in enumerate(concepts)}
        member = np.zeros((len(self.index), len(concepts)), np.float32)
        near = np.zeros((len(concepts), len(concepts)), np.float32)
        for i, concept in enumerate(concepts):
            for name in (concept.name, *concept.labels):
                if name in self.index:
                    member[self.index[name], i] = 1.0
            for name in concept.near:
                if name in place:
                    near[i, place[name]] = near[place[name], i] = 1.0
        for one in classes:
            for name in () if one.general else one.concepts:
                if name in place:
                    member[self.index[one.name], place[name]] = 1.0
        categories = np.array(list(category.values()))
        table = SAME_CATEGORY * (categories[:, None] == categories[None, :]).astype(np.float32)
        whole = np.array([name.startswith(CATEGORY_MARK) for name in category])
        table[whole[:, None] != whole[None, :]] *= IN_CATEGORY / SAME_CATEGORY
        table = np.maximum(table, NEAR_CONCEPT * (member @ near @ member.T > 0))
        every = {tag: i for i, tag in enumerate(sorted({tag for own in tags.values() for tag in own}))}
        tagged = np.zeros((len(self.index), len(every)), np.float32)
        for label, own in tags.items():
            tagged[self.index[label], [every[tag] for tag in own]] = 1.0
        both = tagged @ tagged.T
        sizes = tagged.sum(1)
        jaccard = both / np.maximum(sizes[:, None] + sizes[None, :] - both, 1.0)
        table = np.maximum(table, np.where(jaccard >= 0.5, SHARED_TAGS * jaccard, 0.0))
        table = np.maximum(table, SAME_CONCEPT * (member @ member.T > 0))
        if not graded:
            table[whole[:, None] == whole[None, :]] = 0.0
        np.fill_diagonal(table, 1.0)
        self.table = table.astype(np.float32)

    def between(self, rows: list[tuple[str, ...]], columns: list[tuple[str, ...]]) -> Tensor:
        """Closeness of the audio in a row to the text of a column, [rows, columns], 0..1.

        A row or column is one name, or two for a mixture. Each thing in it takes its closest match on the other side;
        the lower of the two directions counts, so that "dog" is half of "dog and rain" whichever way round.
        """
        a = np.array([[self.index[names[0]], self.index[names[-1]]] for names in rows])
        b = np.array([[self.index[names[0]], self.index[names[-1]]] for names in columns])
        pairs = self.table[a[:, None, :, None], b[None, :, None, :]]  # [rows, columns, 2, 2]
        return torch.from_numpy(np.minimum(pairs.max(3).mean(2), pairs.max(2).mean(2)))

    def of_groups(self, groups: list[str]) -> Tensor:
        """Targets for a batch of text pairs, [n, n], rows sum to 1: equal groups share most of it, close ones a little.

        @param groups `c:` + concept name, `l:` + label or `category_name`, anything else stands alone
        """
        ids = {group: i for i, group in enumerate(dict.fromkeys(groups))}
        codes = torch.tensor([ids[group] for group in groups])
        target = (codes.unsqueeze(0) == codes.unsqueeze(1)).float()
        known = [i for i, group in enumerate(groups) if group[:2] in ("c:", "l:") and group[2:] in self.index]
        if known:
            places = np.array([self.index[groups[i][2:]] for i in known])
            rows = torch.tensor(known)
            close = torch.from_numpy(self.table[places[:, None], places[None, :]])
            target[rows.unsqueeze(1), rows.unsqueeze(0)] = torch.maximum(target[rows.unsqueeze(1), rows.unsqueeze(0)], close)
        return target / target.sum(dim=1, keepdim=True)
