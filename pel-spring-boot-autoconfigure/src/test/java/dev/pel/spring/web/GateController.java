package dev.pel.spring.web;

import dev.pel.LoopFuture;
import dev.pel.spring.PelTemplate;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** Returns what waits for gates, which tests open, in all the ways in which a controller may declare it. */
@RestController
class GateController {
    private final Map<String, Gate> gates = new ConcurrentHashMap<>();
    private final PelTemplate pel;

    GateController(PelTemplate pel) {
        this.pel = pel;
    }

    Gate gate(String name) {
        return gates.computeIfAbsent(name, any -> new Gate());
    }

    @GetMapping("/handle/{name}")
    LoopFuture<String> handle(@PathVariable String name) {
        return gate(name).submit(pel);
    }

    @GetMapping("/future/{name}")
    CompletableFuture<String> future(@PathVariable String name) {
        return gate(name).submit(pel);
    }

    @GetMapping("/stage/{name}")
    CompletionStage<String> stage(@PathVariable String name) {
        return gate(name).submit(pel);
    }

    @GetMapping("/object/{name}")
    Object object(@PathVariable String name) {
        return gate(name).submit(pel);
    }

    @GetMapping("/dependent/{name}")
    LoopFuture<String> dependent(@PathVariable String name) {
        return gate(name).submit(pel).thenApply(String::toUpperCase);
    }

    @GetMapping("/entity/{name}")
    LoopFuture<ResponseEntity<String>> entity(@PathVariable String name) {
        return gate(name)
                .submit(pel)
                .thenApply(text -> ResponseEntity.status(202).body(text));
    }

    @GetMapping("/plain")
    CompletableFuture<String> plain() {
        return CompletableFuture.supplyAsync(() -> "plain", Runnable::run);
    }

    @GetMapping("/none")
    LoopFuture<String> none() {
        return null;
    }
}
