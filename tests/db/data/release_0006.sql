BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0006');
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
INSERT INTO "analysis" VALUES(1,1,'2026-11-28 22:59:31.490003',1,1,'1','accepted','["good"]',NULL,58.0,0.3,0.00096,2.0e-05,0.00096,2.0e-05,25.0,NULL,NULL,0.001,'{"chi2": 0.0001}','nasicon');
INSERT INTO "analysis" VALUES(2,1,'2026-11-28 22:59:31.780981',2,2,'1','review','["arc"]',NULL,10.0,NULL,0.0001,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'{"x": [1e-17, 0.1]}','nasicon');
INSERT INTO "analysis" VALUES(3,1,'2026-11-28 22:59:31.780981',3,2,'1','review','["arc"]',NULL,10.0,NULL,0.0001,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'{"x": [1e-17, 0.1]}','nasicon');
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
INSERT INTO "assignment" VALUES(1,1,'2026-11-28 22:59:31.490003',1,1,1,'file name');
INSERT INTO "assignment" VALUES(2,1,'2026-11-28 22:59:31.780981',4,2,2,'user');
INSERT INTO "assignment" VALUES(3,1,'2026-11-28 22:59:31.780981',4,2,3,'user');
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
INSERT INTO "deviation" VALUES(1,1,'2026-11-28 22:59:31.445325',1,1,'milled 2 h','Ada');
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
INSERT INTO "firing" VALUES(1,1,'2026-11-28 22:59:31.445325',1,'calcination',1100.0,12.0,'',NULL,NULL,NULL,NULL);
INSERT INTO "firing" VALUES(2,1,'2026-11-28 22:59:31.445325',1,'sintering',1220.0,24.0,'',NULL,NULL,NULL,NULL);
INSERT INTO "firing" VALUES(3,1,'2026-11-28 22:59:31.445325',1,'sintering',1220.0,24.0,'',1,1225.0,NULL,NULL);
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
INSERT INTO "furnace_event" VALUES(1,1,'2026-11-28 22:59:31.780981',1,'alarm','30 °C off','{"pv_c": 1070.5}');
INSERT INTO "furnace_event" VALUES(2,1,'2026-11-28 22:59:31.780981',1,'ended','done','{}');
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
INSERT INTO "furnace_load" VALUES(1,1,'2026-11-28 22:59:31.445325',1,'sintering','{"top_c": 1220.0}',1225.0,24.0,-5.0,'2026-10-01','first load','');
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
INSERT INTO "furnace_run" VALUES(1,1,'2026-11-28 22:59:31.780981',1,'tube','card','calcination','["NL-0002"]',NULL,'[[3.0, 1100.0, 720.0]]','abababababababababababababababababababababababababababababababab',1,1100.0,12.0,1.0,'{"4096": 3}','Ben');
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
INSERT INTO "journal" VALUES(1,1,'2026-11-28 22:59:31.413925','nasicon train','model.trained','model_run',1,'{"number": 1, "data_hash": "d1", "trigger": "command", "lessons": []}','model_run',1,'555c4528a6f69e6012a2dffa62be454883238efcff36de01bfb28ca81531832e');
INSERT INTO "journal" VALUES(2,1,'2026-11-28 22:59:31.413925','nasicon train','suggestion.made','suggestion',1,'{"number": 1, "formula": "Na3.4Zr1.8Mg0.2Si2PO12", "batch": 1}','suggestion',1,'bb0d5d6951b8f7ec4d105b15cb6b103f06da826712f0fbda902fcd82095bda49');
INSERT INTO "journal" VALUES(3,1,'2026-11-28 22:59:31.413925','nasicon train','model.predicted','model_run',1,'{"n": 2, "digest": "357a94a6fdef8384f47aecfadad20e43d5f68dab770ebdaa527935a0b24c7059"}',NULL,NULL,NULL);
INSERT INTO "journal" VALUES(4,1,'2026-11-28 22:59:31.413925','nasicon train','literature.added','literature',1,'{"formula": "Na3Zr2Si2PO12", "dataset": "shipped"}','literature',1,'1d1dad62ac3cb4f8f756601279162ee6fe70c824940b0482500b58c779277fb6');
INSERT INTO "journal" VALUES(5,1,'2026-11-28 22:59:31.445325','Ada','sample.created','sample',1,'{"label": "NL-0001", "suggestion_id": 1}','sample',1,'27d5b5915bdf608456b2d5f411a95f172cf5f77a4533f249a213f50f418fc455');
INSERT INTO "journal" VALUES(6,1,'2026-11-28 22:59:31.445325','Ada','recipe.made','sample',1,'{"version": 1}','recipe',1,'b3513f1b9bdd9cb8d691c87642aea320e1475bf0333df3da7aa85ea36d1bc3b2');
INSERT INTO "journal" VALUES(7,1,'2026-11-28 22:59:31.445325','Ada','sample.weighed','sample',1,'{}','weighing',1,'15c1f83605886e29f852dbf973d1da32922c46277ae4494b9ce57ed7b3363af8');
INSERT INTO "journal" VALUES(8,1,'2026-11-28 22:59:31.445325','Ada','sample.fired','sample',1,'{"step": "calcination"}','firing',1,'2e84092a5dd757ac79b695e3e3d97cb07ff5c1d8a17f20463182591bff41a0af');
INSERT INTO "journal" VALUES(9,1,'2026-11-28 22:59:31.445325','Ada','sample.fired','sample',1,'{"step": "sintering"}','firing',2,'5d2873b640eef62bd27ae596f5bf261bd7bcb65977f96a760087348ae59c5d66');
INSERT INTO "journal" VALUES(10,1,'2026-11-28 22:59:31.445325','Ada','pellet.made','pellet',1,'{"sample_id": 1, "label": "NL-0001-P1"}','pellet',1,'04e9c0e2152afe90a30f7368c66ecbfc67d7e9150dc8586ba66b8120b2666686');
INSERT INTO "journal" VALUES(11,1,'2026-11-28 22:59:31.445325','Ada','lot.added','lot',1,'{"number": 1, "precursor": "ZrO2", "lot_number": "Z-12", "amount_g": 100.0, "opened_on": "2026-11-01"}','lot',1,'cd2d36f7daaa5faf9d7ef9ec737ecc0ebab4176700a41b497bd77a371654a45d');
INSERT INTO "journal" VALUES(12,1,'2026-11-28 22:59:31.445325','Ada','lot.event','lot',1,'{"kind": "fired", "on_date": "2026-11-20", "left_g": null}','lot_event',1,'1878ba4059becf90a0c57183a9ca92a102da586cc6767bfe694a12b675bfef28');
INSERT INTO "journal" VALUES(13,1,'2026-11-28 22:59:31.445325','Ada','weighing.entered','sample',1,'{"precursor": "ZrO2", "mass_g": 3.781, "operator": "Ada", "lot_id": 1, "returned_lot_id": null, "returned_g": 0.0}','weighing_entry',1,'dc513d0be10b7b20c0e2a7a31818c349d5e9586590f1eeb048adb95267291759');
INSERT INTO "journal" VALUES(14,1,'2026-11-28 22:59:31.445325','Ada','recipe.signed','sample',1,'{"version": 1, "by": "Ada"}','recipe_signature',1,'8effcfffaf81364c36aa49b5bbe7deaaaaf83bd47a4f4a89e3d0dc3a7213ee3c');
INSERT INTO "journal" VALUES(15,1,'2026-11-28 22:59:31.445325','Ada','recipe.deviation','sample',1,'{"text": "milled 2 h", "by": "Ada"}','deviation',1,'920970859c0ade7de5d9b251e9921a9a83b414e1caa132ae67926c1a3cbcdb6f');
INSERT INTO "journal" VALUES(16,1,'2026-11-28 22:59:31.445325','Ada','load.made','furnace_load',1,'{"number": 1, "step": "sintering", "samples": [1]}','furnace_load',1,'1c012d4e3e9328ff313210476e1fd57acffc776224bf66079cab3d42facc6a95');
INSERT INTO "journal" VALUES(17,1,'2026-11-28 22:59:31.445325','Ada','sample.loaded','sample',1,'{"load": 1, "slot": "1"}','load_place',1,'28dca07094fa9364fcd515964d6cd6a178ba3442cd6f473d46a4a58599203d16');
INSERT INTO "journal" VALUES(18,1,'2026-11-28 22:59:31.445325','Ada','sample.fired','sample',1,'{"step": "sintering"}','firing',3,'f9f0723f4b8011ab1753f728d96d90f1f7de31ab02775bd11e5af5df881c2b1b');
INSERT INTO "journal" VALUES(19,1,'2026-11-28 22:59:31.445325','Ada','pellet.phase','pellet',1,'{"phase": "R-3c", "second_phases": {"ZrO2": 0.035}, "pattern": null}','pellet_phase',1,'40c9d57bdf576bade61ffcf3f55f122d57732b7e2e169ad44b2d3137acf4da01');
INSERT INTO "journal" VALUES(20,1,'2026-11-28 22:59:31.445325','Ada','polarisation.made','pellet',1,'{"files": [], "by": "Ada"}','quality',1,'50c9cfbc4cd4efbdc0e3d6086c4abd8913470588c4aee37a561cd049533fd628');
INSERT INTO "journal" VALUES(21,1,'2026-11-28 22:59:31.490003','nasicon import','file.imported','raw_file',1,'{"sha256": "9a9d07c7cf919ef3e70f83769ca3ec7452708ec19d10195a626aaf651ba5b687", "name": "NL-0001_a.csv"}','raw_file',1,'1c8d1e14b3283ebecae8569fd49f692bcfe7c94d3dc1667d9567310a37ea460c');
INSERT INTO "journal" VALUES(22,1,'2026-11-28 22:59:31.490003','nasicon import','file.read','raw_file',1,'{"reader": "xm_studio", "refusal": null, "duplicate_of": null}','reading',1,'87f44dd5cc4582e767ed6fad36e6923a5007318cd76ecc5a8068940470c05ac5');
INSERT INTO "journal" VALUES(23,1,'2026-11-28 22:59:31.490003','nasicon import','spectrum.stored','raw_file',1,'{"reading_id": 1, "sweep": 1, "n_points": 3}','spectrum',1,'e363bbd3e759941d580a5fd5459fa1a349db4a7ddafdbfca52727b463257fa06');
INSERT INTO "journal" VALUES(24,1,'2026-11-28 22:59:31.490003','nasicon import','file.assigned','raw_file',1,'{"sample_id": 1, "pellet_id": 1, "how": "file name"}','assignment',1,'38ea09f4fb80228c1574069ef66f4987a07f4fb1fe236557763e967516c928e5');
INSERT INTO "journal" VALUES(25,1,'2026-11-28 22:59:31.490003','nasicon import','pellet.measured','pellet',1,'{"given": ["electrode_diameter_cm", "mass_g", "thickness_cm"]}','pellet_geometry',1,'96a9eb3bb5b067c457c7814cdd6e7dc86042f186f55fc776ff324980a08edd61');
INSERT INTO "journal" VALUES(26,1,'2026-11-28 22:59:31.490003','nasicon import','analysis.made','analysis',1,'{"spectrum_id": 1, "raw_file_id": 1, "verdict": "accepted", "engine_version": "1", "geometry_id": 1, "geometry_pellet_id": 1, "has_sigma": true, "sigma_total_s_cm": 0.00096}','analysis',1,'a8a4f6c7cef1b199b9725f171bbf7a35147f1c10246f1c0e0f7c29b42985a0ec');
INSERT INTO "journal" VALUES(27,1,'2026-11-28 22:59:31.490003','nasicon import','model.trained','model_run',2,'{"number": 2, "data_hash": "d2", "trigger": "automatic", "lessons": [[1, 0.05]]}','model_run',2,'f5e355a1f5d335df93d06d4179f92829088f73e65e7dbbb8a979b66220762ebe');
INSERT INTO "journal" VALUES(28,1,'2026-11-28 22:59:31.780981','Ben','sample.created','sample',2,'{"label": "NL-0002", "suggestion_id": null}','sample',2,'48ab744c3f55fd1eef89db571a8e47f02661d38ff65eb8f7f9291dadcd7b1a41');
INSERT INTO "journal" VALUES(29,1,'2026-11-28 22:59:31.780981','Ben','pellet.made','pellet',2,'{"sample_id": 2, "label": "NL-0002-P1"}','pellet',2,'383920bfb59040dd4f324c8a1d83d09face0f309fd1b9a4e06e5494af32c8023');
INSERT INTO "journal" VALUES(30,1,'2026-11-28 22:59:31.780981','Ben','pellet.made','pellet',3,'{"sample_id": 2, "label": "NL-0002-P2"}','pellet',3,'15dcef4a9f15962ebaa5fab18989fc69d5172f6974a71cd13f29685def07cd67');
INSERT INTO "journal" VALUES(31,1,'2026-11-28 22:59:31.780981','Ben','sample.state','sample',2,'{"state": "failed", "reason": ""}',NULL,NULL,NULL);
INSERT INTO "journal" VALUES(32,1,'2026-11-28 22:59:31.780981','Ben','pellet.measured','pellet',2,'{"given": ["electrode_diameter_cm", "thickness_cm", "thickness_cm_sd"]}','pellet_geometry',2,'d216a7a22cda70071b657e66ba1e7af97e831df149fade72f42c27763591117b');
INSERT INTO "journal" VALUES(33,1,'2026-11-28 22:59:31.780981','Ben','pellet.measured','pellet',3,'{"given": ["electrode_diameter_cm", "thickness_cm", "thickness_cm_sd"]}','pellet_geometry',3,'aa26358ad819bc97ea1ee26fac2819b3075502cd2a46da616202a7dd0f8ddf49');
INSERT INTO "journal" VALUES(34,1,'2026-11-28 22:59:31.780981','Ben','file.imported','raw_file',2,'{"sha256": "0000000000000000000000000000000000000000000000000000000000000001", "name": "notes.csv"}','raw_file',2,'ef45f7f248e91ca20293d3fe04d8f1f1a4bce6cf96db5e1cc828d16a0066ee0b');
INSERT INTO "journal" VALUES(35,1,'2026-11-28 22:59:31.780981','Ben','file.refused','raw_file',2,'{"reader": null, "refusal": "no reader takes it", "duplicate_of": null}','reading',2,'27eabc4d9f354a291f1fefc4bb3d1993ff9fab32c62da23efe85ea4480f61dbf');
INSERT INTO "journal" VALUES(36,1,'2026-11-28 22:59:31.780981','Ben','file.imported','raw_file',3,'{"sha256": "0000000000000000000000000000000000000000000000000000000000000002", "name": "NL-0001 b.csv"}','raw_file',3,'22b763918a0216e19c8e33ad66dfd4c29c251e29a2e9eb748ff6034248dfebfc');
INSERT INTO "journal" VALUES(37,1,'2026-11-28 22:59:31.780981','Ben','file.read','raw_file',3,'{"reader": "x", "refusal": null, "duplicate_of": 1}','reading',3,'147cf42588191a72f202106029eaa3a24a1061929a3243b9bec49d21a09dcee3');
INSERT INTO "journal" VALUES(38,1,'2026-11-28 22:59:31.780981','Ben','file.imported','raw_file',4,'{"sha256": "0000000000000000000000000000000000000000000000000000000000000003", "name": "NL-0002.csv"}','raw_file',4,'9a48ee25545827b2f9fcc2a08c9fa36fc60464e33219730a2e6c4732c7bd8410');
INSERT INTO "journal" VALUES(39,1,'2026-11-28 22:59:31.780981','Ben','file.read','raw_file',4,'{"reader": "x", "refusal": null, "duplicate_of": null}','reading',4,'d1a9c63371c03255c3a059c4410d157412037ca7245d9a5e32166ead5ad74c0e');
INSERT INTO "journal" VALUES(40,1,'2026-11-28 22:59:31.780981','Ben','spectrum.stored','raw_file',4,'{"reading_id": 4, "sweep": 1, "n_points": 2}','spectrum',2,'d628fa86b9e2c465e9c520734d8202b53f96c0ef2134c8485fc1ca13b3e96bc2');
INSERT INTO "journal" VALUES(41,1,'2026-11-28 22:59:31.780981','Ben','spectrum.stored','raw_file',4,'{"reading_id": 4, "sweep": 2, "n_points": 2}','spectrum',3,'7f8ed60c89c8bb7052c3a611e9b72c5328eee115e14f2e3f3263eedc29776cd3');
INSERT INTO "journal" VALUES(42,1,'2026-11-28 22:59:31.780981','Ben','file.assigned','raw_file',4,'{"sample_id": 2, "pellet_id": 2, "how": "user"}','assignment',2,'fae4546eac6eaf5b4468f6cb22b1c7deebe5af29418dfaff9e7bfa527c974cf8');
INSERT INTO "journal" VALUES(43,1,'2026-11-28 22:59:31.780981','Ben','analysis.made','analysis',2,'{"spectrum_id": 2, "raw_file_id": 4, "verdict": "review", "engine_version": "1", "geometry_id": 2, "geometry_pellet_id": 2, "has_sigma": true, "sigma_total_s_cm": 0.0001}','analysis',2,'c1b61133521039ba04b4d1f517ad88a2e83e0f79fb76c2dd5dec50c41aef9a10');
INSERT INTO "journal" VALUES(44,1,'2026-11-28 22:59:31.780981','Ben','analysis.made','analysis',3,'{"spectrum_id": 3, "raw_file_id": 4, "verdict": "review", "engine_version": "1", "geometry_id": 2, "geometry_pellet_id": 2, "has_sigma": true, "sigma_total_s_cm": 0.0001}','analysis',3,'e74a389069ff2a802fb024b0684b401f2b604ac534dd75d03153f4ec93684ef1');
INSERT INTO "journal" VALUES(45,1,'2026-11-28 22:59:31.780981','Ben','analysis.signed','analysis',2,'{"spectrum_id": 2, "decision": "accepted", "who": "Ada", "reason": "looked at"}','signature',1,'f870c98a5e80d4caedc8ced5674fe14ec78627f6097416875272b4facb20e8be');
INSERT INTO "journal" VALUES(46,1,'2026-11-28 22:59:31.780981','Ben','analysis.signed','analysis',3,'{"spectrum_id": 3, "decision": "rejected", "who": "Ada", "reason": "cracked"}','signature',2,'3368a31cf8929332ff1205ab7cc0c53b954141dbeb4ba2776a425b70d6f94879');
INSERT INTO "journal" VALUES(47,1,'2026-11-28 22:59:31.780981','Ben','analysis.retracted','analysis',2,'{"spectrum_id": 2, "who": "Ben", "reason": "wrong pellet"}','retraction',1,'b5073022588f0f9881eb0d9f563dadabe5a967df18bb67b1d06e2849f6d5053b');
INSERT INTO "journal" VALUES(48,1,'2026-11-28 22:59:31.780981','Ben','file.assigned','raw_file',4,'{"sample_id": 2, "pellet_id": 3, "how": "user"}','assignment',3,'80a69dd9022cd16246e94d896c32edf5f2f3efa88ec36610e562b7158d9541cc');
INSERT INTO "journal" VALUES(49,1,'2026-11-28 22:59:31.780981','Ben','suggestion.held','suggestion',1,'{"number": 1, "state": "held", "reason": ""}',NULL,NULL,NULL);
INSERT INTO "journal" VALUES(50,1,'2026-11-28 22:59:31.780981','Ben','furnace.started','furnace_run',1,'{"number": 1, "furnace": "tube", "step": "calcination", "labels": ["NL-0002"], "top_c": 1100.0, "program_hash": "abababababababababababababababababababababababababababababababab"}','furnace_run',1,'d612560bcde956f0c27f6098d07d12e228a464462bbea353ae4a23a28ffa0dc1');
INSERT INTO "journal" VALUES(51,1,'2026-11-28 22:59:31.780981','Ben','furnace.alarm','furnace_run',1,'{"text": "30 °C off"}','furnace_event',1,'882221dc0b176c31ac47833d3b8d298bfcc0afd8925e73507369216c5efe7dea');
INSERT INTO "journal" VALUES(52,1,'2026-11-28 22:59:31.780981','Ben','furnace.ended','furnace_run',1,'{"text": "done"}','furnace_event',2,'4a8b0d2cf6159aeecd6b091161cbd854458ec349d1522b494c3e0f4c5930fd30');
INSERT INTO "journal" VALUES(53,1,'2026-11-28 22:59:31.780981','Ben','file.confirmed','raw_file',2,'{"by": "x 2"}',NULL,NULL,NULL);
INSERT INTO "journal" VALUES(54,1,'2026-11-28 22:59:31.780981','Ben','stability.added','stability',1,'{"formula": "Na3Zr2Si2PO12"}','stability',1,'ec16b01774aa00cffc9cb7188e91c0302eb9be578c5f4660fa264c45a33aa42a');
INSERT INTO "journal" VALUES(55,1,'2026-11-28 22:59:31.780981','Ben','stability.added','stability',2,'{"formula": "NaZr2P3O12"}','stability',2,'2abb2543e5b5e7cc381c8eb9a02af05ded1a6e92d2a6fbce3155a1fdc420903d');
INSERT INTO "journal" VALUES(56,1,'2026-11-28 22:59:31.780981','Ben','literature.added','literature',2,'{"formula": "NaZr2P3O12", "dataset": "properties"}','literature',2,'c9b796b6577c256172387d8302c11e052a349f3c429a3e8cdd1c2e8aaef34bbe');
CREATE TABLE lab (
	id INTEGER NOT NULL, 
	name VARCHAR NOT NULL, 
	label_prefix VARCHAR NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_lab PRIMARY KEY (id), 
	CONSTRAINT uq_lab_name UNIQUE (name)
);
INSERT INTO "lab" VALUES(1,'Lab','NL','2026-11-28 22:59:31.390026');
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
	is_usable BOOLEAN NOT NULL, file_name VARCHAR, file_sha256 VARCHAR, structure_name VARCHAR, structure_sha256 VARCHAR, line INTEGER, 
	CONSTRAINT pk_literature PRIMARY KEY (id), 
	CONSTRAINT fk_literature_lab_id_lab FOREIGN KEY(lab_id) REFERENCES lab (id), 
	CONSTRAINT uq_literature_row_hash_lab_id UNIQUE (row_hash, lab_id)
);
INSERT INTO "literature" VALUES(1,1,'2026-11-28 22:59:31.413925','ccf725c0c0efb34eb8de4628ab8c08f88c551e6b0174debb82419990b009a56b','Na3Zr2Si2PO12','Na',0.00067,25.0,'total',NULL,NULL,'Hong 1976',NULL,'shipped','[]',1,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "literature" VALUES(2,1,'2026-11-28 22:59:31.780981','576506c4e7ad3308cea0fb77b91bddb332164fbcceb9bd89325afe5410dddddc','NaZr2P3O12','Na',1.0e-06,25.0,'bulk',NULL,NULL,'x',NULL,'properties','[]',1,'properties.csv','abababababababababababababababababababababababababababababababab','one.cif','cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd',2);
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
INSERT INTO "load_place" VALUES(1,1,'2026-11-28 22:59:31.445325',1,1,'1','own lid',0);
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
INSERT INTO "lot" VALUES(1,1,'2026-11-28 22:59:31.445325',1,'ZrO2','Z-12','',0.99,0.0,'2026-11-01',100.0,'');
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
INSERT INTO "lot_event" VALUES(1,1,'2026-11-28 22:59:31.445325',1,'fired','2026-11-20',NULL,'');
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
INSERT INTO "model_run" VALUES(1,1,'2026-11-28 22:59:31.413925',1,'models/1','d1','{"epochs": 3}','{"mae": 0.4}',1,0,7,'command');
INSERT INTO "model_run" VALUES(2,1,'2026-11-28 22:59:31.490003',2,'models/2','d2','{"epochs": 3}','{"mae": 0.3}',1,1,7,'automatic');
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
INSERT INTO "pellet" VALUES(1,1,'2026-11-28 22:59:31.445325',1,1,'NL-0001-P1');
INSERT INTO "pellet" VALUES(2,1,'2026-11-28 22:59:31.780981',2,1,'NL-0002-P1');
INSERT INTO "pellet" VALUES(3,1,'2026-11-28 22:59:31.780981',2,2,'NL-0002-P2');
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
INSERT INTO "pellet_geometry" VALUES(1,1,'2026-11-28 22:59:31.490003',1,0.112,NULL,1.6,NULL,NULL,NULL,0.598,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "pellet_geometry" VALUES(2,1,'2026-11-28 22:59:31.780981',2,0.1,0.001,1.6,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "pellet_geometry" VALUES(3,1,'2026-11-28 22:59:31.780981',3,0.1,0.001,1.6,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
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
INSERT INTO "pellet_phase" VALUES(1,1,'2026-11-28 22:59:31.445325',1,'R-3c','{"ZrO2": 0.035}',NULL,NULL,'Ada','');
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
INSERT INTO "quality" VALUES(1,1,'2026-11-28 22:59:31.445325','polarisation',1,'{}','{"current_a": 2e-09}','Ada','');
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
INSERT INTO "raw_file" VALUES(1,1,'2026-11-28 22:59:31.490003','9a9d07c7cf919ef3e70f83769ca3ec7452708ec19d10195a626aaf651ba5b687',16,'NL-0001_a.csv');
INSERT INTO "raw_file" VALUES(2,1,'2026-11-28 22:59:31.780981','0000000000000000000000000000000000000000000000000000000000000001',5,'notes.csv');
INSERT INTO "raw_file" VALUES(3,1,'2026-11-28 22:59:31.780981','0000000000000000000000000000000000000000000000000000000000000002',9,'NL-0001 b.csv');
INSERT INTO "raw_file" VALUES(4,1,'2026-11-28 22:59:31.780981','0000000000000000000000000000000000000000000000000000000000000003',7,'NL-0002.csv');
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
INSERT INTO "reading" VALUES(1,1,'2026-11-28 22:59:31.490003',1,'n1','xm_studio','1',NULL,NULL);
INSERT INTO "reading" VALUES(2,1,'2026-11-28 22:59:31.780981',2,NULL,NULL,NULL,'no reader takes it',NULL);
INSERT INTO "reading" VALUES(3,1,'2026-11-28 22:59:31.780981',3,'n1','x',NULL,NULL,1);
INSERT INTO "reading" VALUES(4,1,'2026-11-28 22:59:31.780981',4,'n3','x',NULL,NULL,NULL);
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
INSERT INTO "recipe" VALUES(1,1,'2026-11-28 22:59:31.445325',1,1,'{"precursors": [{"name": "ZrO2", "mass_g": 3.78}]}');
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
INSERT INTO "recipe_signature" VALUES(1,1,'2026-11-28 22:59:31.445325',1,'Ada','');
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
INSERT INTO "retraction" VALUES(1,1,'2026-11-28 22:59:31.780981',2,'Ben','wrong pellet');
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
INSERT INTO "sample" VALUES(1,1,'2026-11-28 22:59:31.445325','NL-0001',1,'Na3.4Zr1.8Mg0.2Si2PO12',1,0,'first');
INSERT INTO "sample" VALUES(2,1,'2026-11-28 22:59:31.780981','NL-0002',2,'Na3.2Zr1.9Sc0.1Si2.1P0.9O12',NULL,0,'µ, °C and ‮ in it');
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
INSERT INTO "sighting" VALUES(1,1,'2026-11-28 22:59:31.490003',1,'/inbox/NL-0001_a.csv',1000000000000000000,16);
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
INSERT INTO "signature" VALUES(1,1,'2026-11-28 22:59:31.780981',2,'accepted','Ada','looked at');
INSERT INTO "signature" VALUES(2,1,'2026-11-28 22:59:31.780981',3,'rejected','Ada','cracked');
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
INSERT INTO "spectrum" VALUES(1,1,'2026-11-28 22:59:31.490003',1,1,1,3,X'00000000006AF8400000000000408F400000000000002440',X'0000000000805640000000000000F0BF000000000000594000000000000034C00000000000805B400000000000C072C0','{"n_sweeps": 1}',25.0,1.0,'command');
INSERT INTO "spectrum" VALUES(2,1,'2026-11-28 22:59:31.780981',4,4,1,2,X'0000000080842E41000000000000F83F',X'000000000000F03F95D626E80B2E21BE00000000000000000000000065CDCD41','{"µ": 1}',NULL,NULL,NULL);
INSERT INTO "spectrum" VALUES(3,1,'2026-11-28 22:59:31.780981',4,4,2,2,X'0000000080842E41000000000000F83F',X'000000000000F03F95D626E80B2E21BE00000000000000000000000065CDCD41','{"µ": 1}',NULL,NULL,NULL);
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
	source VARCHAR NOT NULL, file_name VARCHAR, file_sha256 VARCHAR, structure_name VARCHAR, structure_sha256 VARCHAR, line INTEGER, 
	CONSTRAINT pk_stability PRIMARY KEY (id), 
	CONSTRAINT fk_stability_lab_id_lab FOREIGN KEY(lab_id) REFERENCES lab (id), 
	CONSTRAINT uq_stability_row_hash_lab_id UNIQUE (row_hash, lab_id)
);
INSERT INTO "stability" VALUES(1,1,'2026-11-28 22:59:31.780981','dfbd32f3138128396568ac87fa3618d9f391431728898a7eef5de6b1bcdfbaaf','Na3Zr2Si2PO12',0.007,'a table',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "stability" VALUES(2,1,'2026-11-28 22:59:31.780981','142605db0eda7ec5faf55913be5d5f203ecdabc3a1048efd74f15fbff1d794b0','NaZr2P3O12',0.0,'a table','properties.csv','abababababababababababababababababababababababababababababababab','one.cif','cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd',2);
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
INSERT INTO "suggestion" VALUES(1,1,'2026-11-28 22:59:31.413925',1,1,'Na3.4Zr1.8Mg0.2Si2PO12','Mg',-3.1,0.4,'{"0.05": -3.8, "0.95": -2.5}',0.2,'near the best',1);
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
INSERT INTO "weighing" VALUES(1,1,'2026-11-28 22:59:31.445325',1,'{"ZrO2": 3.781}','Na3.41Zr1.8Mg0.2Si2PO12','Na3.8Zr1.8Mg0.2Si2P1.1O12.4',0.15,'Ada');
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
INSERT INTO "weighing_entry" VALUES(1,1,'2026-11-28 22:59:31.445325',1,'ZrO2',3.781,1,'Ada',NULL,NULL);
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
