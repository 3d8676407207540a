package dev.pel.spring.sources;

import org.springframework.context.Lifecycle;

/** A container that knows no pause: it is stopped, which ends no message that is being handled, and started again. */
record StoppedSource(Lifecycle container) implements Source {
    @Override
    public boolean pause() {
        if (!container.isRunning()) {
            return false;
        }
        container.stop();
        return true;
    }

    @Override
    public void resume() {
        container.start();
    }
}
