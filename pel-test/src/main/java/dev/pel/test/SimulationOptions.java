package dev.pel.test;

/** How a simulation is. */
record SimulationOptions(Faults faults, int processors) {
    static SimulationOptions defaults() {
        return new SimulationOptions(Faults.defaults(), 1);
    }

    SimulationOptions withFaults(Faults value) {
        return new SimulationOptions(value, processors);
    }

    SimulationOptions withProcessors(int value) {
        return new SimulationOptions(faults, value);
    }
}
