"""A small library in the shape of Axelrod's: players with a state, histories and a generator."""

from enum import Enum
from types import SimpleNamespace


class Action(Enum):
    C = 0
    D = 1


C, D = Action.C, Action.D


def Game(r, s, t, p):  # noqa: N802 - named as the library names it
    return SimpleNamespace(r=r, s=s, t=t, p=p)


class Player:
    def __init__(self):
        self.history = []
        self.match_attributes = None
        self.state = 0
        self.asked = 0

    def set_match_attributes(self, length=-1, game=None, noise=0):
        self.match_attributes = {"length": length, "game": game, "noise": noise}

    def set_seed(self, seed):
        self.state = seed

    def update_history(self, play, coplay):
        self.history.append(play)

    def strategy(self, opponent):
        raise NotImplementedError


class Copycat(Player):
    """Tit for tat."""

    def strategy(self, opponent):
        return opponent.history[-1] if opponent.history else C


class Stubborn(Player):
    """Does again what came of its last move, cooperates first."""

    def strategy(self, opponent):
        return self.history[-1] if self.history else C


class Moody(Player):
    """Draws anew whenever it is asked: a linear congruential generator stands for the library's."""

    asked_in_all = 0

    def strategy(self, opponent):
        Moody.asked_in_all += 1
        self.state = (1664525 * self.state + 1013904223) % 2**32
        return C if self.state < 2**31 else D


class LastWord(Player):
    """Cooperates until it knows that this is the last round."""

    def strategy(self, opponent):
        return D if len(self.history) + 1 == self.match_attributes["length"] else C


class Gambler(Player):
    """Defects where temptation is more than twice the reward, or where noise is above a tenth."""

    def strategy(self, opponent):
        game = self.match_attributes["game"]
        return D if game.t > 2 * game.r or self.match_attributes["noise"] > 0.1 else C


strategies = [Copycat, Stubborn, Moody, LastWord, Gambler]
