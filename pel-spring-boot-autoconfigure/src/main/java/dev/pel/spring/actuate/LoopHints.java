package dev.pel.spring.actuate;

import dev.pel.spring.actuate.LoopDescription.LaneDescription;
import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.BindingReflectionHintsRegistrar;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;

/** What a native image must know of the endpoint's answers: the write operation's type says only "Object". */
final class LoopHints implements RuntimeHintsRegistrar {
    @Override
    public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
        new BindingReflectionHintsRegistrar()
                .registerReflectionHints(
                        hints.reflection(), LoopDescription.class, LaneDescription.class, StopDescription.class);
    }
}
