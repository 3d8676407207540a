package dev.pel.demo;

import dev.pel.EventLoopListener;
import dev.pel.LoopState;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/** Tells the service that a new run of the loop begins. Looked up late: the service needs the loop, which needs its listeners. */
@Component
final class LoopRestarted implements EventLoopListener {
    private final ObjectProvider<AlertService> service;

    LoopRestarted(ObjectProvider<AlertService> service) {
        this.service = service;
    }

    @Override
    public void stateChanged(LoopState from, LoopState to) {
        if (from == LoopState.STOPPED && to == LoopState.RUNNING) {
            service.getObject().endLeftOvers();
        }
    }
}
