package dev.pel.demo;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** How a person is reached. */
enum Channel {
    SMS,
    EMAIL,
    POPUP;

    /** The name in files, addresses and JSON. */
    String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<Channel> of(String key) {
        return Stream.of(values())
                .filter(channel -> channel.key().equalsIgnoreCase(key))
                .findFirst();
    }
}
