package dev.pel.spring.sources;

import org.springframework.context.Lifecycle;

/** A container that knows no pause: it is stopped, and started again. Messages that are being handled have the time that the container gives them. */
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
