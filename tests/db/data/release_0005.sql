BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0005');
CREATE TABLE analysis (
	id INTEGER NOT NULL, 
	lab_id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	spectrum_id INTEGER NOT NULL, 
	pellet_geometry_id INTEGER, 
	engine_version VARCHAR NOT NULL, 
	verdict VARCHAR NOT NULL, 
	reasons JSON NOT NULL, 
	circuit_string VARCHAR, 
	r_total_ohm FLOAT, 
	r_total_ohm_sd FLOAT, 
	sigma_total_s_cm FLOAT, 
	sigma_total_s_cm_sd FLOAT, 
	sigma_25_s_cm FLOAT, 
	sigma_25_s_cm_sd FLOAT, 
	temperature_c FLOAT, 
	temperature_c_sd FLOAT, 
	temperature_source VARCHAR, 
	kk_rms FLOAT, 
	document JSON NOT NULL, 
	made_by VARCHAR NOT NULL, 
	CONSTRAINT pk_analysis PRIMARY KEY (id), 
	CONSTRAINT ck_analysis_rejected_has_no_number CHECK (verdict <> 'rejected' OR (r_total_ohm IS NULL AND sigma_total_s_cm IS NULL AND sigma_25_s_cm IS NULL)), 
	CONSTRAINT ck_analysis_verdict CHECK (verdict IN ('accepted', 'review', 'rejected')), 
	CONSTRAINT fk_analysis_lab_id_lab FOREIGN KEY(lab_id) REFERENCES lab (id), 
	CONSTRAINT fk_analysis_pellet_geometry_id_pellet_geometry FOREIGN KEY(pellet_geometry_id) REFERENCES pellet_geometry (id), 
	CONSTRAINT fk_analysis_spectrum_id_spectrum FOREIGN KEY(spectrum_id) REFERENCES spectrum (id)
);
INSERT INTO "analysis" VALUES(1,1,'2026-11-27 19:29:26.371529',1,1,'1','accepted','["good"]',NULL,58.0,0.3,0.00096,2.0e-05,0.00096,2.0e-05,25.0,NULL,NULL,0.001,'{"chi2": 0.0001}','nasicon');
INSERT INTO "analysis" VALUES(2,1,'2026-11-27 19:29:26.792718',2,2,'1','review','["arc"]',NULL,10.0,NULL,0.0001,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'{"x": [1e-17, 0.1]}','nasicon');
INSERT INTO "analysis" VALUES(3,1,'2026-11-27 19:29:26.792718',3,2,'1','review','["arc"]',NULL,10.0,NULL,0.0001,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'{"x": [1e-17, 0.1]}','nasicon');
CREATE TABLE assignment (
	id INTEGER NOT NULL, 
	lab_id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	raw_file_id INTEGER NOT NULL, 
	sample_id INTEGER, 
	pellet_id INTEGER, 
	how VARCHAR NOT NULL, 
	CONSTRAINT pk_assignment PRIMARY KEY (id), 
	CONSTRAINT fk_assignment_lab_id_lab FOREIGN KEY(lab_id) REFERENCES lab (id), 
	CONSTRAINT fk_assignment_pellet_id_pellet FOREIGN KEY(pellet_id) REFERENCES pellet (id), 
	CONSTRAINT fk_assignment_raw_file_id_raw_file FOREIGN KEY(raw_file_id) REFERENCES raw_file (id), 
	CONSTRAINT fk_assignment_sample_id_sample FOREIGN KEY(sample_id) REFERENCES sample (id)
);
INSERT INTO "assignment" VALUES(1,1,'2026-11-27 19:29:26.371529',1,1,1,'file name');
INSERT INTO "assignment" VALUES(2,1,'2026-11-27 19:29:26.792718',4,2,2,'user');
INSERT INTO "assignment" VALUES(3,1,'2026-11-27 19:29:26.792718',4,2,3,'user');
CREATE TABLE deviation (
	id INTEGER NOT NULL, 
	lab_id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	sample_id INTEGER NOT NULL, 
	recipe_id INTEGER, 
	text VARCHAR NOT NULL, 
	who VARCHAR NOT NULL, 
	CONSTRAINT pk_deviation PRIMARY KEY (id), 
	CONSTRAINT fk_deviation_lab_id_lab FOREIGN KEY(lab_id) REFERENCES lab (id), 
	CONSTRAINT fk_deviation_recipe_id_recipe FOREIGN KEY(recipe_id) REFERENCES recipe (id), 
	CONSTRAINT fk_deviation_sample_id_sample FOREIGN KEY(sample_id) REFERENCES sample (id)
);
INSERT INTO "deviation" VALUES(1,1,'2026-11-27 19:29:26.257626',1,1,'milled 2 h','Ada');
CREATE TABLE file_state (
	lab_id INTEGER NOT NULL, 
	raw_file_id INTEGER NOT NULL, 
	reading_id INTEGER, 
	is_refused BOOLEAN NOT NULL, 
	is_duplicate BOOLEAN NOT NULL, 
	sample_id INTEGER, 
	pellet_id INTEGER, 
	state VARCHAR NOT NULL, 
	CONSTRAINT pk_file_state PRIMARY KEY (raw_file_id), 
	CONSTRAINT fk_file_state_lab_id_lab FOREIGN KEY(lab_id) REFERENCES lab (id), 
	CONSTRAINT fk_file_state_pellet_id_pellet FOREIGN KEY(pellet_id) REFERENCES pellet (id), 
	CONSTRAINT fk_file_state_raw_file_id_raw_file FOREIGN KEY(raw_file_id) REFERENCES raw_file (id), 
	CONSTRAINT fk_file_state_sample_id_sample FOREIGN KEY(sample_id) REFERENCES sample (id)
);
INSERT INTO "file_state" VALUES(1,1,1,0,0,1,1,'analysed');
INSERT INTO "file_state" VALUES(1,2,2,1,0,NULL,NULL,'refused');
INSERT INTO "file_state" VALUES(1,3,3,0,1,NULL,NULL,'duplicate');
INSERT INTO "file_state" VALUES(1,4,4,0,0,2,3,'needs analysis');
CREATE TABLE "firing" (
	id INTEGER NOT NULL, 
	lab_id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	sample_id INTEGER NOT NULL, 
	step VARCHAR NOT NULL, 
	temperature_c FLOAT NOT NULL, 
	hours FLOAT NOT NULL, 
	note VARCHAR NOT NULL, 
	furnace_load_id INTEGER, 
	set_temperature_c FLOAT, 
	mass_before_g FLOAT, 
	mass_after_g FLOAT, 
	CONSTRAINT pk_firing PRIMARY KEY (id), 
	CONSTRAINT fk_firing_lab_id_lab FOREIGN KEY(lab_id) REFERENCES lab (id), 
	CONSTRAINT fk_firing_sample_id_sample FOREIGN KEY(sample_id) REFERENCES sample (id), 
	CONSTRAINT fk_firing_furnace_load_id_furnace_load FOREIGN KEY(furnace_load_id) REFERENCES furnace_load (id)
);
INSERT INTO "firing" VALUES(1,1,'2026-11-27 19:29:26.257626',1,'calcination',1100.0,12.0,'',NULL,NULL,NULL,NULL);
INSERT INTO "firing" VALUES(2,1,'2026-11-27 19:29:26.257626',1,'sintering',1220.0,24.0,'',NULL,NULL,NULL,NULL);
INSERT INTO "firing" VALUES(3,1,'2026-11-27 19:29:26.257626',1,'sintering',1220.0,24.0,'',1,1225.0,NULL,NULL);
CREATE TABLE furnace_event (
	id INTEGER NOT NULL, 
	lab_id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	furnace_run_id INTEGER NOT NULL, 
	kind VARCHAR NOT NULL, 
	text VARCHAR NOT NULL, 
	data JSON NOT NULL, 
	CONSTRAINT pk_furnace_event PRIMARY KEY (id), 
	CONSTRAINT fk_furnace_event_lab_id_lab FOREIGN KEY(lab_id) REFERENCES lab (id), 
	CONSTRAINT fk_furnace_event_furnace_run_id_furnace_run FOREIGN KEY(furnace_run_id) REFERENCES furnace_run (id)
);
INSERT INTO "furnace_event" VALUES(1,1,'2026-11-27 19:29:26.792718',1,'alarm','30 °C off','{"pv_c": 1070.5}');
INSERT INTO "furnace_event" VALUES(2,1,'2026-11-27 19:29:26.792718',1,'ended','done','{}');
CREATE TABLE furnace_load (
	id INTEGER NOT NULL, 
	lab_id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	number INTEGER NOT NULL, 
	step VARCHAR NOT NULL, 
	program JSON NOT NULL, 
	set_temperature_c FLOAT NOT NULL, 
	hours FLOAT NOT NULL, 
	offset_c FLOAT NOT NULL, 
	calibrated_on VARCHAR, 
	without_reference VARCHAR NOT NULL, 
	note VARCHAR NOT NULL, 
	CONSTRAINT pk_furnace_load PRIMARY KEY (id), 
	CONSTRAINT fk_furnace_load_lab_id_lab FOREIGN KEY(lab_id) REFERENCES lab (id), 
	CONSTRAINT uq_furnace_load_number_lab_id UNIQUE (number, lab_id)
);
INSERT INTO "furnace_load" VALUES(1,1,'2026-11-27 19:29:26.257626',1,'sintering','{"top_c": 1220.0}',1225.0,24.0,-5.0,'2026-10-01','first load','');
CREATE TABLE furnace_reading (
	id INTEGER NOT NULL, 
	lab_id INTEGER NOT NULL, 
	furnace_run_id INTEGER NOT NULL, 
	taken_at DATETIME NOT NULL, 
	pv_c FLOAT, 
	setpoint_c FLOAT, 
	output_percent FLOAT, 
	segment INTEGER, 
	status VARCHAR NOT NULL, 
	alarms VARCHAR NOT NULL, 
	CONSTRAINT pk_furnace_reading PRIMARY KEY (id), 
	CONSTRAINT fk_furnace_reading_lab_id_lab FOREIGN KEY(lab_id) REFERENCES lab (id), 
	CONSTRAINT fk_furnace_reading_furnace_run_id_furnace_run FOREIGN KEY(furnace_run_id) REFERENCES furnace_run (id)
);
INSERT INTO "furnace_reading" VALUES(1,1,1,'2026-11-22 09:00:00.000000',431.5,430.0,NULL,1,'run','');
CREATE TABLE furnace_run (
	id INTEGER NOT NULL, 
	lab_id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	number INTEGER NOT NULL, 
	furnace VARCHAR NOT NULL, 
	driver VARCHAR NOT NULL, 
	step VARCHAR NOT NULL, 
	labels JSON NOT NULL, 
	furnace_load_id INTEGER, 
	segments JSON NOT NULL, 
	program_hash VARCHAR NOT NULL, 
	program_number INTEGER NOT NULL, 
	top_c FLOAT NOT NULL, 
	hours FLOAT NOT NULL, 
	speed FLOAT NOT NULL, 
	writes JSON NOT NULL, 
	who VARCHAR NOT NULL, 
	CONSTRAINT pk_furnace_run PRIMARY KEY (id), 
	CONSTRAINT fk_furnace_run_lab_id_lab FOREIGN KEY(lab_id) REFERENCES lab (id), 
	CONSTRAINT fk_furnace_run_furnace_load_id_furnace_load FOREIGN KEY(furnace_load_id) REFERENCES furnace_load (id), 
	CONSTRAINT uq_furnace_run_number_lab_id UNIQUE (number, lab_id)
);
INSERT INTO "furnace_run" VALUES(1,1,'2026-11-27 19:29:26.792718',1,'tube','card','calcination','["NL-0002"]',NULL,'[[3.0, 1100.0, 720.0]]','abababababababababababababababababababababababababababababababab',1,1100.0,12.0,1.0,'{"4096": 3}','Ben');
CREATE TABLE journal (
	id INTEGER NOT NULL, 
	lab_id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	who VARCHAR NOT NULL, 
	event VARCHAR NOT NULL, 
	subject VARCHAR NOT NULL, 
	subject_id INTEGER NOT NULL, 
	data JSON NOT NULL, 
	fact VARCHAR, 
	fact_id INTEGER, 
	digest VARCHAR, 
	CONSTRAINT pk_journal PRIMARY KEY (id), 
	CONSTRAINT fk_journal_lab_id_lab FOREIGN KEY(lab_id) REFERENCES lab (id)
);
INSERT INTO "journal" VALUES(1,1,'2026-11-27 19:29:26.213538','nasicon train','model.trained','model_run',1,'{"number": 1, "data_hash": "d1", "trigger": "command", "lessons": []}','model_run',1,'10b72327b031d5d93c15747e93e2eda2613d000633c4793838734f7fbcc53526');
INSERT INTO "journal" VALUES(2,1,'2026-11-27 19:29:26.213538','nasicon train','suggestion.made','suggestion',1,'{"number": 1, "formula": "Na3.4Zr1.8Mg0.2Si2PO12", "batch": 1}','suggestion',1,'aa4c0585aa04189d7762d712c3f057c36b13039a0c60aa3f75ed7d1a85dbd8e5');
INSERT INTO "journal" VALUES(3,1,'2026-11-27 19:29:26.213538','nasicon train','model.predicted','model_run',1,'{"n": 2, "digest": "357a94a6fdef8384f47aecfadad20e43d5f68dab770ebdaa527935a0b24c7059"}',NULL,NULL,NULL);
INSERT INTO "journal" VALUES(4,1,'2026-11-27 19:29:26.213538','nasicon train','literature.added','literature',1,'{"formula": "Na3Zr2Si2PO12", "dataset": "shipped"}','literature',1,'1c81ea44e52a223bcd4b8f183ec4b6ada9c37732b671e932a09ff28f98688326');
INSERT INTO "journal" VALUES(5,1,'2026-11-27 19:29:26.257626','Ada','sample.created','sample',1,'{"label": "NL-0001", "suggestion_id": 1}','sample',1,'0a7434f5e9fbd4d671d50f862c15f50508a2a653cf5cceb34a5514f15196a4c2');
INSERT INTO "journal" VALUES(6,1,'2026-11-27 19:29:26.257626','Ada','recipe.made','sample',1,'{"version": 1}','recipe',1,'45354c6094dbb1d08c3117bdab202f57dabae5d42d271455237442533ae17641');
INSERT INTO "journal" VALUES(7,1,'2026-11-27 19:29:26.257626','Ada','sample.weighed','sample',1,'{}','weighing',1,'26b7f2b87f6ad7a1c06b4d703a3f474d51abd4dd9f97fe8fce047626e1a09977');
INSERT INTO "journal" VALUES(8,1,'2026-11-27 19:29:26.257626','Ada','sample.fired','sample',1,'{"step": "calcination"}','firing',1,'f1804e296fa5e55c385f29b1e4fd229d09fa69b6e29b51d624117d1e67a2a67c');
INSERT INTO "journal" VALUES(9,1,'2026-11-27 19:29:26.257626','Ada','sample.fired','sample',1,'{"step": "sintering"}','firing',2,'7773e7498201475851c4815efd911ece1338bdd4c0311e5d560186f9875401d5');
INSERT INTO "journal" VALUES(10,1,'2026-11-27 19:29:26.257626','Ada','pellet.made','pellet',1,'{"sample_id": 1, "label": "NL-0001-P1"}','pellet',1,'515e73eb796e43aeee266fc92bee9268c0df9a6f296368c45025cacf952b1df3');
INSERT INTO "journal" VALUES(11,1,'2026-11-27 19:29:26.257626','Ada','lot.added','lot',1,'{"number": 1, "precursor": "ZrO2", "lot_number": "Z-12", "amount_g": 100.0, "opened_on": "2026-11-01"}','lot',1,'0ba7b6d96b4057e205b87fe4306c372bc9ff3d0e30f7a421a427fe127765aefb');
INSERT INTO "journal" VALUES(12,1,'2026-11-27 19:29:26.257626','Ada','lot.event','lot',1,'{"kind": "fired", "on_date": "2026-11-20", "left_g": null}','lot_event',1,'2bb49888ba6c554e483cdef15d03488912bd1a097aa4c4df861eacc35bf45911');
INSERT INTO "journal" VALUES(13,1,'2026-11-27 19:29:26.257626','Ada','weighing.entered','sample',1,'{"precursor": "ZrO2", "mass_g": 3.781, "operator": "Ada", "lot_id": 1, "returned_lot_id": null, "returned_g": 0.0}','weighing_entry',1,'5afac178ac02866fc5cf7cb8c4678eece21da53cbec4e3ff78355fbbf035d688');
INSERT INTO "journal" VALUES(14,1,'2026-11-27 19:29:26.257626','Ada','recipe.signed','sample',1,'{"version": 1, "by": "Ada"}','recipe_signature',1,'b8df662205432b5368c78804fc8b7edbca8979bfe413317cb3a5a11f68d2b838');
INSERT INTO "journal" VALUES(15,1,'2026-11-27 19:29:26.257626','Ada','recipe.deviation','sample',1,'{"text": "milled 2 h", "by": "Ada"}','deviation',1,'b965f8583f6dbc818bb4a1ab5d8d412ce51d61ab834f967196eec9a419aaaa9e');
INSERT INTO "journal" VALUES(16,1,'2026-11-27 19:29:26.257626','Ada','load.made','furnace_load',1,'{"number": 1, "step": "sintering", "samples": [1]}','furnace_load',1,'bc7838f8faa44e06e413f74809495f1c7feba76eea349df232ea2cb7c87e7a53');
INSERT INTO "journal" VALUES(17,1,'2026-11-27 19:29:26.257626','Ada','sample.loaded','sample',1,'{"load": 1, "slot": "1"}','load_place',1,'6b33214796302b1440d8c81bae809d7980bc893a272e365c538205e60eb0d78c');
INSERT INTO "journal" VALUES(18,1,'2026-11-27 19:29:26.257626','Ada','sample.fired','sample',1,'{"step": "sintering"}','firing',3,'ed73e3c067196e9c924e9839900f661e470d64b1e2d487cf89facdda3ec2c68a');
INSERT INTO "journal" VALUES(19,1,'2026-11-27 19:29:26.257626','Ada','pellet.phase','pellet',1,'{"phase": "R-3c", "second_phases": {"ZrO2": 0.035}, "pattern": null}','pellet_phase',1,'3ef6726a2801bc168f908d3a3a7d29755d667c3849ae35dacb067d3b913de709');
INSERT INTO "journal" VALUES(20,1,'2026-11-27 19:29:26.257626','Ada','polarisation.made','pellet',1,'{"files": [], "by": "Ada"}','quality',1,'42432852c1d6bafe2ead7cf2004123c255143ac0c711cbcaf4c5c5707bf7d2b5');
INSERT INTO "journal" VALUES(21,1,'2026-11-27 19:29:26.371529','nasicon import','file.imported','raw_file',1,'{"sha256": "9a9d07c7cf919ef3e70f83769ca3ec7452708ec19d10195a626aaf651ba5b687", "name": "NL-0001_a.csv"}','raw_file',1,'459c7dd7597e70dc8a8382a0ed45939c7f28f1642b745ce6fc650e59c48e52d8');
INSERT INTO "journal" VALUES(22,1,'2026-11-27 19:29:26.371529','nasicon import','file.read','raw_file',1,'{"reader": "xm_studio", "refusal": null, "duplicate_of": null}','reading',1,'56228679c41ecee96c9cff3dca1f84ff8c3405852fa496a539e71867c9800609');
INSERT INTO "journal" VALUES(23,1,'2026-11-27 19:29:26.371529','nasicon import','spectrum.stored','raw_file',1,'{"reading_id": 1, "sweep": 1, "n_points": 3}','spectrum',1,'e321bbe236a27d8c491ef8ff8148239da31f807f1e1822ac6cd13e694f569159');
INSERT INTO "journal" VALUES(24,1,'2026-11-27 19:29:26.371529','nasicon import','file.assigned','raw_file',1,'{"sample_id": 1, "pellet_id": 1, "how": "file name"}','assignment',1,'09e50e686572582b63d1a346da58fd218449d323e40d31f1e83d5e4d489ab632');
INSERT INTO "journal" VALUES(25,1,'2026-11-27 19:29:26.371529','nasicon import','pellet.measured','pellet',1,'{"given": ["electrode_diameter_cm", "mass_g", "thickness_cm"]}','pellet_geometry',1,'e5219f8365068a0a5f178378341f21b14cbbb514c629b8c8878908d5df1a02ac');
INSERT INTO "journal" VALUES(26,1,'2026-11-27 19:29:26.371529','nasicon import','analysis.made','analysis',1,'{"spectrum_id": 1, "raw_file_id": 1, "verdict": "accepted", "engine_version": "1", "geometry_id": 1, "geometry_pellet_id": 1, "has_sigma": true, "sigma_total_s_cm": 0.00096}','analysis',1,'bbd4fed0a878df27b88f77449c97171edd7f6c5eac57014eb755f7093d0e17fb');
INSERT INTO "journal" VALUES(27,1,'2026-11-27 19:29:26.371529','nasicon import','model.trained','model_run',2,'{"number": 2, "data_hash": "d2", "trigger": "automatic", "lessons": [[1, 0.05]]}','model_run',2,'f39d513f3e4356949996f099018340b8ca1532db19cd72c4f99ac0c592f7b9c1');
INSERT INTO "journal" VALUES(28,1,'2026-11-27 19:29:26.792718','Ben','sample.created','sample',2,'{"label": "NL-0002", "suggestion_id": null}','sample',2,'eea9e76fa811becebb2f93545d8f293237409163b057b653367b0b35fa7d1558');
INSERT INTO "journal" VALUES(29,1,'2026-11-27 19:29:26.792718','Ben','pellet.made','pellet',2,'{"sample_id": 2, "label": "NL-0002-P1"}','pellet',2,'8e0c37fe91e85bf5d1994d85643dd27c86f07cdc96d59300e2292ef9995c73fa');
INSERT INTO "journal" VALUES(30,1,'2026-11-27 19:29:26.792718','Ben','pellet.made','pellet',3,'{"sample_id": 2, "label": "NL-0002-P2"}','pellet',3,'0459326c107aa9086f12e366597a37bb77004d11acc3c8b65ef3ee4f1d5ab187');
INSERT INTO "journal" VALUES(31,1,'2026-11-27 19:29:26.792718','Ben','sample.state','sample',2,'{"state": "failed", "reason": ""}',NULL,NULL,NULL);
INSERT INTO "journal" VALUES(32,1,'2026-11-27 19:29:26.792718','Ben','pellet.measured','pellet',2,'{"given": ["electrode_diameter_cm", "thickness_cm", "thickness_cm_sd"]}','pellet_geometry',2,'2f9fe9df47b06d96971b223627998aaeb7d8dfbc41d6f78388ca7e1c1075e0af');
INSERT INTO "journal" VALUES(33,1,'2026-11-27 19:29:26.792718','Ben','pellet.measured','pellet',3,'{"given": ["electrode_diameter_cm", "thickness_cm", "thickness_cm_sd"]}','pellet_geometry',3,'316c7a840f80ed95ecaefafa53e7e0e139aa26616d058107bef6f9672a8016be');
INSERT INTO "journal" VALUES(34,1,'2026-11-27 19:29:26.792718','Ben','file.imported','raw_file',2,'{"sha256": "0000000000000000000000000000000000000000000000000000000000000001", "name": "notes.csv"}','raw_file',2,'9afcd73ba069149fdd63775407463aa271c7a652fe2b5b72c0bbfe490021749a');
INSERT INTO "journal" VALUES(35,1,'2026-11-27 19:29:26.792718','Ben','file.refused','raw_file',2,'{"reader": null, "refusal": "no reader takes it", "duplicate_of": null}','reading',2,'bc779c1744399297994276012e5678ca0a0cb98384d9bcf92904b3ddbbb82751');
INSERT INTO "journal" VALUES(36,1,'2026-11-27 19:29:26.792718','Ben','file.imported','raw_file',3,'{"sha256": "0000000000000000000000000000000000000000000000000000000000000002", "name": "NL-0001 b.csv"}','raw_file',3,'910b7d1aa8c6b4a7464551067eec3292469de38c87a6724f3e3d0d638d862a22');
INSERT INTO "journal" VALUES(37,1,'2026-11-27 19:29:26.792718','Ben','file.read','raw_file',3,'{"reader": "x", "refusal": null, "duplicate_of": 1}','reading',3,'a315bcbf58890b3248a0aaceb9c763c97337328ba7c3be86f15043094810e52d');
INSERT INTO "journal" VALUES(38,1,'2026-11-27 19:29:26.792718','Ben','file.imported','raw_file',4,'{"sha256": "0000000000000000000000000000000000000000000000000000000000000003", "name": "NL-0002.csv"}','raw_file',4,'04f664b869cff81aee3828ebd97a0128d47c6561b97f946bcc476536c642ba8d');
INSERT INTO "journal" VALUES(39,1,'2026-11-27 19:29:26.792718','Ben','file.read','raw_file',4,'{"reader": "x", "refusal": null, "duplicate_of": null}','reading',4,'2f4dc5d239d96c4ac6113fdb6d52a89467f47d970c9c4692e78ba763f640e85a');
INSERT INTO "journal" VALUES(40,1,'2026-11-27 19:29:26.792718','Ben','spectrum.stored','raw_file',4,'{"reading_id": 4, "sweep": 1, "n_points": 2}','spectrum',2,'3f5b9127c61d68460ac17d7688c0e6dcdefd4aa2c5ddd7f037aa427437391804');
INSERT INTO "journal" VALUES(41,1,'2026-11-27 19:29:26.792718','Ben','spectrum.stored','raw_file',4,'{"reading_id": 4, "sweep": 2, "n_points": 2}','spectrum',3,'10662a141310a69c66264ad1c77e24006e960d13476c82709e99729228fe31ac');
INSERT INTO "journal" VALUES(42,1,'2026-11-27 19:29:26.792718','Ben','file.assigned','raw_file',4,'{"sample_id": 2, "pellet_id": 2, "how": "user"}','assignment',2,'a59a9469997500ce30a1b14770672fbc7555b38e9a899709e523ebb9570fb030');
INSERT INTO "journal" VALUES(43,1,'2026-11-27 19:29:26.792718','Ben','analysis.made','analysis',2,'{"spectrum_id": 2, "raw_file_id": 4, "verdict": "review", "engine_version": "1", "geometry_id": 2, "geometry_pellet_id": 2, "has_sigma": true, "sigma_total_s_cm": 0.0001}','analysis',2,'e32c4aee5836c50550a2cd50c0f0f1086890b0f29463e06b5100598b1512b056');
INSERT INTO "journal" VALUES(44,1,'2026-11-27 19:29:26.792718','Ben','analysis.made','analysis',3,'{"spectrum_id": 3, "raw_file_id": 4, "verdict": "review", "engine_version": "1", "geometry_id": 2, "geometry_pellet_id": 2, "has_sigma": true, "sigma_total_s_cm": 0.0001}','analysis',3,'05963969abee7f3085835a92ae67302b40deb9f32c6da9ce7fb4bb4ed8bc172b');
INSERT INTO "journal" VALUES(45,1,'2026-11-27 19:29:26.792718','Ben','analysis.signed','analysis',2,'{"spectrum_id": 2, "decision": "accepted", "who": "Ada", "reason": "looked at"}','signature',1,'472e92de940626e115b19455e916744a978e9dfdac9fd4b7a7ee48c80e32a3da');
INSERT INTO "journal" VALUES(46,1,'2026-11-27 19:29:26.792718','Ben','analysis.signed','analysis',3,'{"spectrum_id": 3, "decision": "rejected", "who": "Ada", "reason": "cracked"}','signature',2,'e3ab793def3d94590e0c9ad38a9a026844a733afe8c6c72afaf360bda87009ec');
INSERT INTO "journal" VALUES(47,1,'2026-11-27 19:29:26.792718','Ben','analysis.retracted','analysis',2,'{"spectrum_id": 2, "who": "Ben", "reason": "wrong pellet"}','retraction',1,'9ae381b48c35f5b116d9ba34fa550360deeb91baa6eeb8bc2bbf5ceedf613bef');
INSERT INTO "journal" VALUES(48,1,'2026-11-27 19:29:26.792718','Ben','file.assigned','raw_file',4,'{"sample_id": 2, "pellet_id": 3, "how": "user"}','assignment',3,'d385a32b3a4044af770b5f3c81191ae629275cc0d2ce69dfbe78e74c71cafc34');
INSERT INTO "journal" VALUES(49,1,'2026-11-27 19:29:26.792718','Ben','suggestion.held','suggestion',1,'{"number": 1, "state": "held", "reason": ""}',NULL,NULL,NULL);
INSERT INTO "journal" VALUES(50,1,'2026-11-27 19:29:26.792718','Ben','furnace.started','furnace_run',1,'{"number": 1, "furnace": "tube", "step": "calcination", "labels": ["NL-0002"], "top_c": 1100.0, "program_hash": "abababababababababababababababababababababababababababababababab"}','furnace_run',1,'e09980e2816a7cea1cc0f7c9110997a3bbc1ead959e9312aee0b350434eb0f62');
INSERT INTO "journal" VALUES(51,1,'2026-11-27 19:29:26.792718','Ben','furnace.alarm','furnace_run',1,'{"text": "30 °C off"}','furnace_event',1,'c9731c914a3fedd7c559022f5d14c9cf5e433f45bca1bd3e404bad23476d1473');
INSERT INTO "journal" VALUES(52,1,'2026-11-27 19:29:26.792718','Ben','furnace.ended','furnace_run',1,'{"text": "done"}','furnace_event',2,'0a751a1cb1e8df19ef9593e8e1b058256abf76c482e02a7a35ca8ec73663ab6b');
INSERT INTO "journal" VALUES(53,1,'2026-11-27 19:29:26.792718','Ben','file.confirmed','raw_file',2,'{"by": "x 2"}',NULL,NULL,NULL);
INSERT INTO "journal" VALUES(54,1,'2026-11-27 19:29:26.792718','Ben','stability.added','stability',1,'{"formula": "Na3Zr2Si2PO12"}','stability',1,'074eca2c5f20ffcf84186889c2bc82ff01da45d2c052706929c8f7248bb1fc3f');
CREATE TABLE lab (
	id INTEGER NOT NULL, 
	name VARCHAR NOT NULL, 
	label_prefix VARCHAR NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_lab PRIMARY KEY (id), 
	CONSTRAINT uq_lab_name UNIQUE (name)
);
INSERT INTO "lab" VALUES(1,'Lab','NL','2026-11-27 19:29:26.176294');
CREATE TABLE lesson (
	id INTEGER NOT NULL, 
	lab_id INTEGER NOT NULL, 
	model_run_id INTEGER NOT NULL, 
	analysis_id INTEGER NOT NULL, 
	log10_sigma_sd FLOAT NOT NULL, 
	CONSTRAINT pk_lesson PRIMARY KEY (id), 
	CONSTRAINT fk_lesson_analysis_id_analysis FOREIGN KEY(analysis_id) REFERENCES analysis (id), 
	CONSTRAINT fk_lesson_lab_id_lab FOREIGN KEY(lab_id) REFERENCES lab (id), 
	CONSTRAINT fk_lesson_model_run_id_model_run FOREIGN KEY(model_run_id) REFERENCES model_run (id), 
	CONSTRAINT uq_lesson_model_run_id_analysis_id UNIQUE (model_run_id, analysis_id)
);
INSERT INTO "lesson" VALUES(1,1,2,1,0.05);
CREATE TABLE literature (
	id INTEGER NOT NULL, 
	lab_id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	row_hash VARCHAR NOT NULL, 
	formula VARCHAR NOT NULL, 
	mobile_ion VARCHAR NOT NULL, 
	sigma_s_cm FLOAT NOT NULL, 
	temperature_c FLOAT NOT NULL, 
	kind VARCHAR NOT NULL, 
	activation_energy_ev FLOAT, 
	sintering_c FLOAT, 
	source VARCHAR NOT NULL, 
	doi VARCHAR, 
	dataset VARCHAR NOT NULL, 
	flags JSON NOT NULL, 
	is_usable BOOLEAN NOT NULL, 
	CONSTRAINT pk_literature PRIMARY KEY (id), 
	CONSTRAINT fk_literature_lab_id_lab FOREIGN KEY(lab_id) REFERENCES lab (id), 
	CONSTRAINT uq_literature_row_hash_lab_id UNIQUE (row_hash, lab_id)
);
INSERT INTO "literature" VALUES(1,1,'2026-11-27 19:29:26.213538','ccf725c0c0efb34eb8de4628ab8c08f88c551e6b0174debb82419990b009a56b','Na3Zr2Si2PO12','Na',0.00067,25.0,'total',NULL,NULL,'Hong 1976',NULL,'shipped','[]',1);
CREATE TABLE load_place (
	id INTEGER NOT NULL, 
	lab_id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	furnace_load_id INTEGER NOT NULL, 
	sample_id INTEGER NOT NULL, 
	slot VARCHAR NOT NULL, 
	bed VARCHAR NOT NULL, 
	is_reference BOOLEAN NOT NULL, 
	CONSTRAINT pk_load_place PRIMARY KEY (id), 
	CONSTRAINT fk_load_place_furnace_load_id_furnace_load FOREIGN KEY(furnace_load_id) REFERENCES furnace_load (id), 
	CONSTRAINT fk_load_place_lab_id_lab FOREIGN KEY(lab_id) REFERENCES lab (id), 
	CONSTRAINT fk_load_place_sample_id_sample FOREIGN KEY(sample_id) REFERENCES sample (id), 
	CONSTRAINT uq_load_place_furnace_load_id_sample_id UNIQUE (furnace_load_id, sample_id)
);
INSERT INTO "load_place" VALUES(1,1,'2026-11-27 19:29:26.257626',1,1,'1','own lid',0);
CREATE TABLE lot (
	id INTEGER NOT NULL, 
	lab_id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	number INTEGER NOT NULL, 
	precursor VARCHAR NOT NULL, 
	lot_number VARCHAR NOT NULL, 
	supplier VARCHAR NOT NULL, 
	assay FLOAT NOT NULL, 
	loss_on_ignition FLOAT NOT NULL, 
	opened_on VARCHAR, 
	amount_g FLOAT NOT NULL, 
	note VARCHAR NOT NULL, 
	CONSTRAINT pk_lot PRIMARY KEY (id), 
	CONSTRAINT fk_lot_lab_id_lab FOREIGN KEY(lab_id) REFERENCES lab (id), 
	CONSTRAINT uq_lot_number_lab_id UNIQUE (number, lab_id)
);
INSERT INTO "lot" VALUES(1,1,'2026-11-27 19:29:26.257626',1,'ZrO2','Z-12','',0.99,0.0,'2026-11-01',100.0,'');
CREATE TABLE lot_event (
	id INTEGER NOT NULL, 
	lab_id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	lot_id INTEGER NOT NULL, 
	kind VARCHAR NOT NULL, 
	on_date VARCHAR NOT NULL, 
	left_g FLOAT, 
	note VARCHAR NOT NULL, 
	CONSTRAINT pk_lot_event PRIMARY KEY (id), 
	CONSTRAINT fk_lot_event_lab_id_lab FOREIGN KEY(lab_id) REFERENCES lab (id), 
	CONSTRAINT fk_lot_event_lot_id_lot FOREIGN KEY(lot_id) REFERENCES lot (id)
);
INSERT INTO "lot_event" VALUES(1,1,'2026-11-27 19:29:26.257626',1,'fired','2026-11-20',NULL,'');
CREATE TABLE lot_state (
	lab_id INTEGER NOT NULL, 
	lot_id INTEGER NOT NULL, 
	state VARCHAR NOT NULL, 
	left_g FLOAT NOT NULL, 
	opened_on VARCHAR, 
	fired_on VARCHAR, 
	CONSTRAINT pk_lot_state PRIMARY KEY (lot_id), 
	CONSTRAINT fk_lot_state_lab_id_lab FOREIGN KEY(lab_id) REFERENCES lab (id), 
	CONSTRAINT fk_lot_state_lot_id_lot FOREIGN KEY(lot_id) REFERENCES lot (id)
);
INSERT INTO "lot_state" VALUES(1,1,'open',96.219,'2026-11-01','2026-11-20');
CREATE TABLE model_run (
	id INTEGER NOT NULL, 
	lab_id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	number INTEGER NOT NULL, 
	directory VARCHAR NOT NULL, 
	data_hash VARCHAR NOT NULL, 
	settings JSON NOT NULL, 
	metrics JSON NOT NULL, 
	n_literature_rows INTEGER NOT NULL, 
	n_lab_rows INTEGER NOT NULL, 
	seed BIGINT NOT NULL, 
	"trigger" VARCHAR NOT NULL, 
	CONSTRAINT pk_model_run PRIMARY KEY (id), 
	CONSTRAINT fk_model_run_lab_id_lab FOREIGN KEY(lab_id) REFERENCES lab (id), 
	CONSTRAINT uq_model_run_number_lab_id UNIQUE (number, lab_id)
);
INSERT INTO "model_run" VALUES(1,1,'2026-11-27 19:29:26.213538',1,'models/1','d1','{"epochs": 3}','{"mae": 0.4}',1,0,7,'command');
INSERT INTO "model_run" VALUES(2,1,'2026-11-27 19:29:26.371529',2,'models/2','d2','{"epochs": 3}','{"mae": 0.3}',1,1,7,'automatic');
CREATE TABLE pellet (
	id INTEGER NOT NULL, 
	lab_id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	sample_id INTEGER NOT NULL, 
	number INTEGER NOT NULL, 
	label VARCHAR NOT NULL, 
	CONSTRAINT pk_pellet PRIMARY KEY (id), 
	CONSTRAINT fk_pellet_lab_id_lab FOREIGN KEY(lab_id) REFERENCES lab (id), 
	CONSTRAINT fk_pellet_sample_id_sample FOREIGN KEY(sample_id) REFERENCES sample (id), 
	CONSTRAINT uq_pellet_label_lab_id UNIQUE (label, lab_id), 
	CONSTRAINT uq_pellet_sample_id_number UNIQUE (sample_id, number)
);
INSERT INTO "pellet" VALUES(1,1,'2026-11-27 19:29:26.257626',1,1,'NL-0001-P1');
INSERT INTO "pellet" VALUES(2,1,'2026-11-27 19:29:26.792718',2,1,'NL-0002-P1');
INSERT INTO "pellet" VALUES(3,1,'2026-11-27 19:29:26.792718',2,2,'NL-0002-P2');
CREATE TABLE pellet_geometry (
	id INTEGER NOT NULL, 
	lab_id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	pellet_id INTEGER NOT NULL, 
	thickness_cm FLOAT, 
	thickness_cm_sd FLOAT, 
	electrode_diameter_cm FLOAT, 
	electrode_diameter_cm_sd FLOAT, 
	fired_diameter_cm FLOAT, 
	die_diameter_cm FLOAT, 
	mass_g FLOAT, 
	relative_density FLOAT, fired_diameter_cm_sd FLOAT, green_mass_g FLOAT, green_thickness_cm FLOAT, green_diameter_cm FLOAT, electrode_method VARCHAR, density_method VARCHAR, archimedes JSON, readings JSON, 
	CONSTRAINT pk_pellet_geometry PRIMARY KEY (id), 
	CONSTRAINT fk_pellet_geometry_lab_id_lab FOREIGN KEY(lab_id) REFERENCES lab (id), 
	CONSTRAINT fk_pellet_geometry_pellet_id_pellet FOREIGN KEY(pellet_id) REFERENCES pellet (id)
);
INSERT INTO "pellet_geometry" VALUES(1,1,'2026-11-27 19:29:26.371529',1,0.112,NULL,1.6,NULL,NULL,NULL,0.598,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "pellet_geometry" VALUES(2,1,'2026-11-27 19:29:26.792718',2,0.1,0.001,1.6,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "pellet_geometry" VALUES(3,1,'2026-11-27 19:29:26.792718',3,0.1,0.001,1.6,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE pellet_phase (
	id INTEGER NOT NULL, 
	lab_id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	pellet_id INTEGER NOT NULL, 
	phase VARCHAR NOT NULL, 
	second_phases JSON NOT NULL, 
	pattern_sha256 VARCHAR, 
	pattern_name VARCHAR, 
	who VARCHAR NOT NULL, 
	note VARCHAR NOT NULL, 
	CONSTRAINT pk_pellet_phase PRIMARY KEY (id), 
	CONSTRAINT fk_pellet_phase_lab_id_lab FOREIGN KEY(lab_id) REFERENCES lab (id), 
	CONSTRAINT fk_pellet_phase_pellet_id_pellet FOREIGN KEY(pellet_id) REFERENCES pellet (id)
);
INSERT INTO "pellet_phase" VALUES(1,1,'2026-11-27 19:29:26.257626',1,'R-3c','{"ZrO2": 0.035}',NULL,NULL,'Ada','');
CREATE TABLE pellet_state (
	lab_id INTEGER NOT NULL, 
	pellet_id INTEGER NOT NULL, 
	has_thickness BOOLEAN NOT NULL, 
	has_electrode BOOLEAN NOT NULL, 
	geometry_id INTEGER, 
	CONSTRAINT pk_pellet_state PRIMARY KEY (pellet_id), 
	CONSTRAINT fk_pellet_state_lab_id_lab FOREIGN KEY(lab_id) REFERENCES lab (id), 
	CONSTRAINT fk_pellet_state_pellet_id_pellet FOREIGN KEY(pellet_id) REFERENCES pellet (id)
);
INSERT INTO "pellet_state" VALUES(1,1,1,1,1);
INSERT INTO "pellet_state" VALUES(1,2,1,1,2);
INSERT INTO "pellet_state" VALUES(1,3,1,1,3);
CREATE TABLE prediction (
	id INTEGER NOT NULL, 
	lab_id INTEGER NOT NULL, 
	model_run_id INTEGER NOT NULL, 
	formula VARCHAR NOT NULL, 
	log10_sigma_mean FLOAT NOT NULL, 
	log10_sigma_sd FLOAT NOT NULL, 
	CONSTRAINT pk_prediction PRIMARY KEY (id), 
	CONSTRAINT fk_prediction_lab_id_lab FOREIGN KEY(lab_id) REFERENCES lab (id), 
	CONSTRAINT fk_prediction_model_run_id_model_run FOREIGN KEY(model_run_id) REFERENCES model_run (id), 
	CONSTRAINT uq_prediction_model_run_id_formula UNIQUE (model_run_id, formula)
);
INSERT INTO "prediction" VALUES(1,1,1,'Na3.4Zr1.8Mg0.2Si2PO12',-3.1,0.4);
INSERT INTO "prediction" VALUES(2,1,1,'Na3Zr2Si2PO12',-3.5,0.2);
CREATE TABLE quality (
	id INTEGER NOT NULL, 
	lab_id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	kind VARCHAR NOT NULL, 
	pellet_id INTEGER, 
	files JSON NOT NULL, 
	document JSON NOT NULL, 
	who VARCHAR NOT NULL, 
	note VARCHAR NOT NULL, 
	CONSTRAINT pk_quality PRIMARY KEY (id), 
	CONSTRAINT fk_quality_lab_id_lab FOREIGN KEY(lab_id) REFERENCES lab (id), 
	CONSTRAINT fk_quality_pellet_id_pellet FOREIGN KEY(pellet_id) REFERENCES pellet (id)
);
INSERT INTO "quality" VALUES(1,1,'2026-11-27 19:29:26.257626','polarisation',1,'{}','{"current_a": 2e-09}','Ada','');
CREATE TABLE raw_file (
	id INTEGER NOT NULL, 
	lab_id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	sha256 VARCHAR NOT NULL, 
	size_bytes BIGINT NOT NULL, 
	name VARCHAR NOT NULL, 
	CONSTRAINT pk_raw_file PRIMARY KEY (id), 
	CONSTRAINT fk_raw_file_lab_id_lab FOREIGN KEY(lab_id) REFERENCES lab (id), 
	CONSTRAINT uq_raw_file_sha256_lab_id UNIQUE (sha256, lab_id)
);
INSERT INTO "raw_file" VALUES(1,1,'2026-11-27 19:29:26.371529','9a9d07c7cf919ef3e70f83769ca3ec7452708ec19d10195a626aaf651ba5b687',16,'NL-0001_a.csv');
INSERT INTO "raw_file" VALUES(2,1,'2026-11-27 19:29:26.792718','0000000000000000000000000000000000000000000000000000000000000001',5,'notes.csv');
INSERT INTO "raw_file" VALUES(3,1,'2026-11-27 19:29:26.792718','0000000000000000000000000000000000000000000000000000000000000002',9,'NL-0001 b.csv');
INSERT INTO "raw_file" VALUES(4,1,'2026-11-27 19:29:26.792718','0000000000000000000000000000000000000000000000000000000000000003',7,'NL-0002.csv');
CREATE TABLE reading (
	id INTEGER NOT NULL, 
	lab_id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	raw_file_id INTEGER NOT NULL, 
	numbers_sha256 VARCHAR, 
	reader VARCHAR, 
	reader_version VARCHAR, 
	refusal VARCHAR, 
	duplicate_of INTEGER, 
	CONSTRAINT pk_reading PRIMARY KEY (id), 
	CONSTRAINT fk_reading_duplicate_of_raw_file FOREIGN KEY(duplicate_of) REFERENCES raw_file (id), 
	CONSTRAINT fk_reading_lab_id_lab FOREIGN KEY(lab_id) REFERENCES lab (id), 
	CONSTRAINT fk_reading_raw_file_id_raw_file FOREIGN KEY(raw_file_id) REFERENCES raw_file (id)
);
INSERT INTO "reading" VALUES(1,1,'2026-11-27 19:29:26.371529',1,'n1','xm_studio','1',NULL,NULL);
INSERT INTO "reading" VALUES(2,1,'2026-11-27 19:29:26.792718',2,NULL,NULL,NULL,'no reader takes it',NULL);
INSERT INTO "reading" VALUES(3,1,'2026-11-27 19:29:26.792718',3,'n1','x',NULL,NULL,1);
INSERT INTO "reading" VALUES(4,1,'2026-11-27 19:29:26.792718',4,'n3','x',NULL,NULL,NULL);
CREATE TABLE recipe (
	id INTEGER NOT NULL, 
	lab_id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	sample_id INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	document JSON NOT NULL, 
	CONSTRAINT pk_recipe PRIMARY KEY (id), 
	CONSTRAINT fk_recipe_lab_id_lab FOREIGN KEY(lab_id) REFERENCES lab (id), 
	CONSTRAINT fk_recipe_sample_id_sample FOREIGN KEY(sample_id) REFERENCES sample (id), 
	CONSTRAINT uq_recipe_sample_id_version UNIQUE (sample_id, version)
);
INSERT INTO "recipe" VALUES(1,1,'2026-11-27 19:29:26.257626',1,1,'{"precursors": [{"name": "ZrO2", "mass_g": 3.78}]}');
CREATE TABLE recipe_signature (
	id INTEGER NOT NULL, 
	lab_id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	recipe_id INTEGER NOT NULL, 
	who VARCHAR NOT NULL, 
	note VARCHAR NOT NULL, 
	CONSTRAINT pk_recipe_signature PRIMARY KEY (id), 
	CONSTRAINT fk_recipe_signature_lab_id_lab FOREIGN KEY(lab_id) REFERENCES lab (id), 
	CONSTRAINT fk_recipe_signature_recipe_id_recipe FOREIGN KEY(recipe_id) REFERENCES recipe (id)
);
INSERT INTO "recipe_signature" VALUES(1,1,'2026-11-27 19:29:26.257626',1,'Ada','');
CREATE TABLE retraction (
	id INTEGER NOT NULL, 
	lab_id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	analysis_id INTEGER NOT NULL, 
	who VARCHAR NOT NULL, 
	reason VARCHAR NOT NULL, 
	CONSTRAINT pk_retraction PRIMARY KEY (id), 
	CONSTRAINT fk_retraction_analysis_id_analysis FOREIGN KEY(analysis_id) REFERENCES analysis (id), 
	CONSTRAINT fk_retraction_lab_id_lab FOREIGN KEY(lab_id) REFERENCES lab (id)
);
INSERT INTO "retraction" VALUES(1,1,'2026-11-27 19:29:26.792718',2,'Ben','wrong pellet');
CREATE TABLE sample (
	id INTEGER NOT NULL, 
	lab_id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	label VARCHAR NOT NULL, 
	number INTEGER NOT NULL, 
	target_formula VARCHAR NOT NULL, 
	suggestion_id INTEGER, 
	is_reference BOOLEAN NOT NULL, 
	note VARCHAR NOT NULL, 
	CONSTRAINT pk_sample PRIMARY KEY (id), 
	CONSTRAINT fk_sample_lab_id_lab FOREIGN KEY(lab_id) REFERENCES lab (id), 
	CONSTRAINT fk_sample_suggestion_id_suggestion FOREIGN KEY(suggestion_id) REFERENCES suggestion (id), 
	CONSTRAINT uq_sample_label_lab_id UNIQUE (label, lab_id), 
	CONSTRAINT uq_sample_number_lab_id UNIQUE (number, lab_id)
);
INSERT INTO "sample" VALUES(1,1,'2026-11-27 19:29:26.257626','NL-0001',1,'Na3.4Zr1.8Mg0.2Si2PO12',1,0,'first');
INSERT INTO "sample" VALUES(2,1,'2026-11-27 19:29:26.792718','NL-0002',2,'Na3.2Zr1.9Sc0.1Si2.1P0.9O12',NULL,0,'µ, °C and ‮ in it');
CREATE TABLE sample_state (
	lab_id INTEGER NOT NULL, 
	sample_id INTEGER NOT NULL, 
	state VARCHAR NOT NULL, 
	CONSTRAINT pk_sample_state PRIMARY KEY (sample_id), 
	CONSTRAINT fk_sample_state_lab_id_lab FOREIGN KEY(lab_id) REFERENCES lab (id), 
	CONSTRAINT fk_sample_state_sample_id_sample FOREIGN KEY(sample_id) REFERENCES sample (id)
);
INSERT INTO "sample_state" VALUES(1,1,'calcined');
INSERT INTO "sample_state" VALUES(1,2,'failed');
CREATE TABLE sighting (
	id INTEGER NOT NULL, 
	lab_id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	raw_file_id INTEGER NOT NULL, 
	path VARCHAR NOT NULL, 
	mtime_ns BIGINT NOT NULL, 
	size_bytes BIGINT NOT NULL, 
	CONSTRAINT pk_sighting PRIMARY KEY (id), 
	CONSTRAINT fk_sighting_lab_id_lab FOREIGN KEY(lab_id) REFERENCES lab (id), 
	CONSTRAINT fk_sighting_raw_file_id_raw_file FOREIGN KEY(raw_file_id) REFERENCES raw_file (id)
);
INSERT INTO "sighting" VALUES(1,1,'2026-11-27 19:29:26.371529',1,'/inbox/NL-0001_a.csv',1000000000000000000,16);
CREATE TABLE signature (
	id INTEGER NOT NULL, 
	lab_id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	analysis_id INTEGER NOT NULL, 
	decision VARCHAR NOT NULL, 
	who VARCHAR NOT NULL, 
	reason VARCHAR NOT NULL, 
	CONSTRAINT pk_signature PRIMARY KEY (id), 
	CONSTRAINT ck_signature_decision CHECK (decision IN ('accepted', 'rejected')), 
	CONSTRAINT fk_signature_analysis_id_analysis FOREIGN KEY(analysis_id) REFERENCES analysis (id), 
	CONSTRAINT fk_signature_lab_id_lab FOREIGN KEY(lab_id) REFERENCES lab (id)
);
INSERT INTO "signature" VALUES(1,1,'2026-11-27 19:29:26.792718',2,'accepted','Ada','looked at');
INSERT INTO "signature" VALUES(2,1,'2026-11-27 19:29:26.792718',3,'rejected','Ada','cracked');
CREATE TABLE spectrum (
	id INTEGER NOT NULL, 
	lab_id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	raw_file_id INTEGER NOT NULL, 
	reading_id INTEGER NOT NULL, 
	sweep INTEGER NOT NULL, 
	n_points INTEGER NOT NULL, 
	frequency_blob BLOB NOT NULL, 
	impedance_blob BLOB NOT NULL, 
	metadata JSON NOT NULL, 
	temperature_c FLOAT, 
	temperature_c_sd FLOAT, 
	temperature_source VARCHAR, 
	CONSTRAINT pk_spectrum PRIMARY KEY (id), 
	CONSTRAINT fk_spectrum_lab_id_lab FOREIGN KEY(lab_id) REFERENCES lab (id), 
	CONSTRAINT fk_spectrum_raw_file_id_raw_file FOREIGN KEY(raw_file_id) REFERENCES raw_file (id), 
	CONSTRAINT fk_spectrum_reading_id_reading FOREIGN KEY(reading_id) REFERENCES reading (id), 
	CONSTRAINT uq_spectrum_reading_id_sweep UNIQUE (reading_id, sweep)
);
INSERT INTO "spectrum" VALUES(1,1,'2026-11-27 19:29:26.371529',1,1,1,3,X'00000000006AF8400000000000408F400000000000002440',X'0000000000805640000000000000F0BF000000000000594000000000000034C00000000000805B400000000000C072C0','{"n_sweeps": 1}',25.0,1.0,'command');
INSERT INTO "spectrum" VALUES(2,1,'2026-11-27 19:29:26.792718',4,4,1,2,X'0000000080842E41000000000000F83F',X'000000000000F03F95D626E80B2E21BE00000000000000000000000065CDCD41','{"µ": 1}',NULL,NULL,NULL);
INSERT INTO "spectrum" VALUES(3,1,'2026-11-27 19:29:26.792718',4,4,2,2,X'0000000080842E41000000000000F83F',X'000000000000F03F95D626E80B2E21BE00000000000000000000000065CDCD41','{"µ": 1}',NULL,NULL,NULL);
CREATE TABLE spectrum_state (
	lab_id INTEGER NOT NULL, 
	spectrum_id INTEGER NOT NULL, 
	raw_file_id INTEGER NOT NULL, 
	reading_id INTEGER NOT NULL, 
	analysis_id INTEGER, 
	geometry_id INTEGER, 
	geometry_pellet_id INTEGER, 
	verdict VARCHAR, 
	has_sigma BOOLEAN NOT NULL, 
	decision VARCHAR, 
	is_retracted BOOLEAN NOT NULL, 
	was_retracted BOOLEAN NOT NULL, 
	standing VARCHAR NOT NULL, 
	CONSTRAINT pk_spectrum_state PRIMARY KEY (spectrum_id), 
	CONSTRAINT fk_spectrum_state_analysis_id_analysis FOREIGN KEY(analysis_id) REFERENCES analysis (id), 
	CONSTRAINT fk_spectrum_state_lab_id_lab FOREIGN KEY(lab_id) REFERENCES lab (id), 
	CONSTRAINT fk_spectrum_state_raw_file_id_raw_file FOREIGN KEY(raw_file_id) REFERENCES raw_file (id), 
	CONSTRAINT fk_spectrum_state_reading_id_reading FOREIGN KEY(reading_id) REFERENCES reading (id), 
	CONSTRAINT fk_spectrum_state_spectrum_id_spectrum FOREIGN KEY(spectrum_id) REFERENCES spectrum (id)
);
INSERT INTO "spectrum_state" VALUES(1,1,1,1,1,1,1,'accepted',1,NULL,0,0,'teaches');
INSERT INTO "spectrum_state" VALUES(1,2,4,4,2,2,2,'review',1,'accepted',1,0,'out');
INSERT INTO "spectrum_state" VALUES(1,3,4,4,3,2,2,'review',1,'rejected',0,0,'out');
CREATE TABLE stability (
	id INTEGER NOT NULL, 
	lab_id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	row_hash VARCHAR NOT NULL, 
	formula VARCHAR NOT NULL, 
	energy_above_hull_ev FLOAT NOT NULL, 
	source VARCHAR NOT NULL, 
	CONSTRAINT pk_stability PRIMARY KEY (id), 
	CONSTRAINT fk_stability_lab_id_lab FOREIGN KEY(lab_id) REFERENCES lab (id), 
	CONSTRAINT uq_stability_row_hash_lab_id UNIQUE (row_hash, lab_id)
);
INSERT INTO "stability" VALUES(1,1,'2026-11-27 19:29:26.792718','dfbd32f3138128396568ac87fa3618d9f391431728898a7eef5de6b1bcdfbaaf','Na3Zr2Si2PO12',0.007,'a table');
CREATE TABLE suggestion (
	id INTEGER NOT NULL, 
	lab_id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	number INTEGER NOT NULL, 
	model_run_id INTEGER, 
	formula VARCHAR NOT NULL, 
	dopant VARCHAR NOT NULL, 
	log10_sigma_mean FLOAT NOT NULL, 
	log10_sigma_sd FLOAT NOT NULL, 
	quantiles JSON NOT NULL, 
	acquisition FLOAT NOT NULL, 
	reason VARCHAR NOT NULL, 
	batch INTEGER NOT NULL, 
	CONSTRAINT pk_suggestion PRIMARY KEY (id), 
	CONSTRAINT fk_suggestion_lab_id_lab FOREIGN KEY(lab_id) REFERENCES lab (id), 
	CONSTRAINT fk_suggestion_model_run_id_model_run FOREIGN KEY(model_run_id) REFERENCES model_run (id), 
	CONSTRAINT uq_suggestion_number_lab_id UNIQUE (number, lab_id)
);
INSERT INTO "suggestion" VALUES(1,1,'2026-11-27 19:29:26.213538',1,1,'Na3.4Zr1.8Mg0.2Si2PO12','Mg',-3.1,0.4,'{"0.05": -3.8, "0.95": -2.5}',0.2,'near the best',1);
CREATE TABLE suggestion_state (
	lab_id INTEGER NOT NULL, 
	suggestion_id INTEGER NOT NULL, 
	state VARCHAR NOT NULL, 
	CONSTRAINT pk_suggestion_state PRIMARY KEY (suggestion_id), 
	CONSTRAINT fk_suggestion_state_lab_id_lab FOREIGN KEY(lab_id) REFERENCES lab (id), 
	CONSTRAINT fk_suggestion_state_suggestion_id_suggestion FOREIGN KEY(suggestion_id) REFERENCES suggestion (id)
);
INSERT INTO "suggestion_state" VALUES(1,1,'held');
CREATE TABLE weighing (
	id INTEGER NOT NULL, 
	lab_id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	sample_id INTEGER NOT NULL, 
	masses_g JSON NOT NULL, 
	weighed_formula VARCHAR NOT NULL, 
	batched_formula VARCHAR NOT NULL, 
	excess_fraction FLOAT NOT NULL, 
	operator VARCHAR NOT NULL, 
	CONSTRAINT pk_weighing PRIMARY KEY (id), 
	CONSTRAINT fk_weighing_lab_id_lab FOREIGN KEY(lab_id) REFERENCES lab (id), 
	CONSTRAINT fk_weighing_sample_id_sample FOREIGN KEY(sample_id) REFERENCES sample (id)
);
INSERT INTO "weighing" VALUES(1,1,'2026-11-27 19:29:26.257626',1,'{"ZrO2": 3.781}','Na3.41Zr1.8Mg0.2Si2PO12','Na3.8Zr1.8Mg0.2Si2P1.1O12.4',0.15,'Ada');
CREATE TABLE weighing_entry (
	id INTEGER NOT NULL, 
	lab_id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	sample_id INTEGER NOT NULL, 
	precursor VARCHAR NOT NULL, 
	mass_g FLOAT NOT NULL, 
	lot_id INTEGER, 
	operator VARCHAR NOT NULL, 
	balance VARCHAR, 
	raw_line VARCHAR, 
	CONSTRAINT pk_weighing_entry PRIMARY KEY (id), 
	CONSTRAINT fk_weighing_entry_lab_id_lab FOREIGN KEY(lab_id) REFERENCES lab (id), 
	CONSTRAINT fk_weighing_entry_lot_id_lot FOREIGN KEY(lot_id) REFERENCES lot (id), 
	CONSTRAINT fk_weighing_entry_sample_id_sample FOREIGN KEY(sample_id) REFERENCES sample (id)
);
INSERT INTO "weighing_entry" VALUES(1,1,'2026-11-27 19:29:26.257626',1,'ZrO2',3.781,1,'Ada',NULL,NULL);
CREATE INDEX ix_journal_event_lab_id ON journal (event, lab_id);
CREATE INDEX ix_journal_fact_fact_id_lab_id ON journal (fact, fact_id, lab_id);
CREATE INDEX ix_journal_subject_subject_id_lab_id ON journal (subject, subject_id, lab_id);
CREATE INDEX ix_literature_is_usable_lab_id ON literature (is_usable, lab_id);
CREATE INDEX ix_reading_duplicate_of ON reading (duplicate_of);
CREATE INDEX ix_reading_numbers_sha256_lab_id ON reading (numbers_sha256, lab_id);
CREATE INDEX ix_reading_raw_file_id ON reading (raw_file_id);
CREATE INDEX ix_sighting_path_lab_id ON sighting (path, lab_id);
CREATE INDEX ix_sighting_raw_file_id ON sighting (raw_file_id);
CREATE INDEX ix_suggestion_model_run_id ON suggestion (model_run_id);
CREATE INDEX ix_sample_suggestion_id ON sample (suggestion_id);
CREATE INDEX ix_spectrum_raw_file_id ON spectrum (raw_file_id);
CREATE INDEX ix_suggestion_state_state_lab_id ON suggestion_state (state, lab_id);
CREATE INDEX ix_sample_state_state_lab_id ON sample_state (state, lab_id);
CREATE INDEX ix_weighing_sample_id ON weighing (sample_id);
CREATE INDEX ix_assignment_pellet_id ON assignment (pellet_id);
CREATE INDEX ix_assignment_raw_file_id ON assignment (raw_file_id);
CREATE INDEX ix_assignment_sample_id ON assignment (sample_id);
CREATE INDEX ix_file_state_pellet_id ON file_state (pellet_id);
CREATE INDEX ix_file_state_sample_id ON file_state (sample_id);
CREATE INDEX ix_file_state_state_lab_id ON file_state (state, lab_id);
CREATE INDEX ix_pellet_geometry_pellet_id ON pellet_geometry (pellet_id);
CREATE INDEX ix_analysis_pellet_geometry_id ON analysis (pellet_geometry_id);
CREATE INDEX ix_analysis_spectrum_id ON analysis (spectrum_id);
CREATE INDEX ix_lesson_analysis_id ON lesson (analysis_id);
CREATE INDEX ix_retraction_analysis_id ON retraction (analysis_id);
CREATE INDEX ix_signature_analysis_id ON signature (analysis_id);
CREATE INDEX ix_spectrum_state_analysis_id ON spectrum_state (analysis_id);
CREATE INDEX ix_spectrum_state_raw_file_id ON spectrum_state (raw_file_id);
CREATE INDEX ix_spectrum_state_reading_id ON spectrum_state (reading_id);
CREATE INDEX ix_spectrum_state_standing_lab_id ON spectrum_state (standing, lab_id);
CREATE INDEX ix_lot_precursor_lab_id ON lot (precursor, lab_id);
CREATE INDEX ix_lot_event_lot_id ON lot_event (lot_id);
CREATE INDEX ix_lot_state_state_lab_id ON lot_state (state, lab_id);
CREATE INDEX ix_load_place_sample_id ON load_place (sample_id);
CREATE INDEX ix_weighing_entry_lot_id ON weighing_entry (lot_id);
CREATE INDEX ix_weighing_entry_sample_id ON weighing_entry (sample_id);
CREATE INDEX ix_deviation_recipe_id ON deviation (recipe_id);
CREATE INDEX ix_deviation_sample_id ON deviation (sample_id);
CREATE INDEX ix_pellet_phase_pellet_id ON pellet_phase (pellet_id);
CREATE INDEX ix_recipe_signature_recipe_id ON recipe_signature (recipe_id);
CREATE INDEX ix_firing_sample_id ON firing (sample_id);
CREATE INDEX ix_firing_furnace_load_id ON firing (furnace_load_id);
CREATE INDEX ix_quality_kind_lab_id ON quality (kind, lab_id);
CREATE INDEX ix_quality_pellet_id ON quality (pellet_id);
CREATE INDEX ix_furnace_run_furnace_load_id ON furnace_run (furnace_load_id);
CREATE INDEX ix_furnace_event_furnace_run_id ON furnace_event (furnace_run_id);
CREATE INDEX ix_furnace_reading_furnace_run_id ON furnace_reading (furnace_run_id);
COMMIT;
