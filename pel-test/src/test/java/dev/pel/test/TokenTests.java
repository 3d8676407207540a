package dev.pel.test;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Two threads from outside, step by step: the holder of the token comes back while the other one is about to take it. */
class TokenTests {
    private final Token token = new Token();
    private final Strand first = strand(1);
    private final Strand second = strand(2);

    private static Strand strand(int id) {
        return new Strand(id, "strand " + id, Strand.Origin.OUTSIDER, new Thread(), null, Strand.State.READY);
    }

    @Test
    void holderThatComesBackAfterItWasSeenToWaitKeepsTheToken() {
        token.hand(first);
        Token.Turn seen = token.turn();
        assertThat(token.enter(first)).isTrue();
        assertThat(token.take(seen, second)).isFalse();
        assertThat(token.isHeldBy(first)).isTrue();
    }

    @Test
    void holderThatComesBackAfterTheTokenWasTakenIsToldSo() {
        token.hand(first);
        assertThat(token.take(token.turn(), second)).isTrue();
        assertThat(token.enter(first)).isFalse();
        assertThat(token.isHeldBy(second)).isTrue();
    }

    @Test
    void tokenThatCameBackToTheSameHolderIsNotTakenByOneThatSawTheEarlierTurn() {
        token.hand(first);
        Token.Turn seen = token.turn();
        token.hand(second);
        token.hand(first);
        assertThat(token.take(seen, second)).isFalse();
    }

    @Test
    void tokenThatNobodyHoldsIsTakenByOneThreadOnly() {
        assertThat(token.enter(first)).isFalse();
        assertThat(token.take(null, first)).isTrue();
        assertThat(token.take(null, second)).isFalse();
    }
}
