package dev.pel.spring.web;

import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.http.client.ReactorResourceFactory;

/** Threads of its own for each server: those that Reactor Netty shares are closed with the first application that ends. */
class OwnNetty {
    @Bean
    ReactorResourceFactory reactorResources() {
        ReactorResourceFactory resources = new ReactorResourceFactory();
        resources.setUseGlobalResources(false);
        resources.setShutdownQuietPeriod(Duration.ZERO); // nobody sends anything any more
        return resources;
    }
}
