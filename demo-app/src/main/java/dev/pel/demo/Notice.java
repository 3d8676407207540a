package dev.pel.demo;

import org.springframework.util.Assert;

/**
 * What a gateway is asked to bring to one person.
 *
 * @param address where
 * @param message what
 */
record Notice(String address, String message) {
    Notice {
        // a body that lacks one is a bad request
        Assert.hasText(address, "'address' must not be blank");
        Assert.hasText(message, "'message' must not be blank");
    }
}
