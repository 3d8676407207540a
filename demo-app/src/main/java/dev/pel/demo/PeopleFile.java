package dev.pel.demo;

import java.util.List;

/**
 * What a file of people says.
 *
 * @param people the good rows, in order
 * @param refused the bad ones, in order
 */
record PeopleFile(List<Person> people, List<RefusedRow> refused) {

    PeopleFile {
        people = List.copyOf(people);
        refused = List.copyOf(refused);
    }
}
