package dev.pel.spring.websocket;

import java.time.Duration;

/**
 * How slowly a client may read.
 *
 * @param time how long a message may take, from the call of {@code sendMessage} until the server has taken it
 * @param bytes how many bytes may wait to be sent
 */
record SendLimits(Duration time, int bytes) {
    private static final Duration LONGEST = Duration.ofDays(1);

    static final SendLimits DEFAULTS = new SendLimits(Duration.ofSeconds(10), 512 * 1024);

    SendLimits {
        if (time.isZero() || time.isNegative() || time.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "'sendTimeLimit' must be more than zero and at most %s but was %s".formatted(LONGEST, time));
        }
        if (bytes < 1) {
            throw new IllegalArgumentException("'sendBufferSize' must be at least 1 byte but was " + bytes);
        }
    }
}
